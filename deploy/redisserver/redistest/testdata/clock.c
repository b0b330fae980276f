// clock gives one process a wall clock of its own: the machine's, and so many seconds as stand in the file GUESTFLOW_TEST_CLOCK.
// It is loaded before the C library (LD_PRELOAD). The monotonic clock is left alone, as it is when a machine's time is set.
//
// libfaketime does far more, and does not work with a redis-server that uses jemalloc: it allocates while it begins, and jemalloc
// asks for the time when it begins.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void begin(void) {
	const char *path = getenv("GUESTFLOW_TEST_CLOCK");
	int file = path ? open(path, O_RDONLY) : -1;
	if (file < 0) return;
	void *at = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
	close(file);
	if (at != MAP_FAILED) ahead = at;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
	int failed = (int)syscall(SYS_clock_gettime, clock, now);
	if (!failed && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *ahead;
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
	struct timespec exact;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *now) {
	struct timespec exact;
	clock_gettime(CLOCK_REALTIME, &exact);
	if (now) *now = exact.tv_sec;
	return exact.tv_sec;
}
