package inbox

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// movedInto returns the paths of files that are renamed into folders, until ctx ends. It asks inotify(7) itself:
// fsnotify, which would do it on every system, makes one event of a file that begins and of one that was renamed here,
// and only the latter is complete. What is lost, as by an overflow or another host's rename on a network share, is
// found by polling.
func movedInto(ctx context.Context, folders []string, run func(func())) (<-chan string, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("start inotify: %w", err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	watched := map[int32]string{}
	for _, folder := range folders {
		wd, err := unix.InotifyAddWatch(fd, folder, unix.IN_MOVED_TO|unix.IN_ONLYDIR)
		if err != nil {
			_ = events.Close()
			return nil, fmt.Errorf("watch %s by inotify: %w", folder, err)
		}
		watched[int32(wd)] = folder // the kernel's own size
	}
	paths := make(chan string, 64)
	stop := context.AfterFunc(ctx, func() { _ = events.Close() })
	run(func() {
		defer stop()
		readMoves(ctx, events, watched, paths)
	})
	return paths, nil
}

func readMoves(ctx context.Context, events *os.File, watched map[int32]string, paths chan<- string) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := events.Read(buffer)
		if err != nil {
			return // closed, since ctx is over
		}
		for rest := buffer[:n]; len(rest) >= unix.SizeofInotifyEvent; {
			wd := int32(binary.NativeEndian.Uint32(rest)) // as the kernel wrote it
			size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(rest[12:]))
			name := strings.TrimRight(string(rest[unix.SizeofInotifyEvent:size]), "\x00")
			rest = rest[size:]
			folder, known := watched[wd]
			if !known || name == "" {
				continue
			}
			select {
			case paths <- filepath.Join(folder, name):
			case <-ctx.Done():
				return
			}
		}
	}
}
