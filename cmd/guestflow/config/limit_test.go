package config

import "testing"

func TestALimitIsANumberOrTheWordNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Limit{"1": 1, "300": 300, " 20 ": 20, "none": 0, "None": 0, "0": askedZero,
		"00": askedZero, "-0": askedZero} {
		var l Limit
		if err := l.UnmarshalText([]byte(text)); err != nil || l != want {
			t.Errorf("%q is %d, %v", text, l, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5", "1e3", "no", "unlimited", "0x10", "9999999999999999999999", "1 000",
		"nöne"} {
		var l Limit
		if err := l.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, l)
		}
	}
	typed := &Settings{RatePerMinute: askedZero, SendRatePerMinute: 300}
	if err := typed.ReadLimits(func(string) bool { return true }); err == nil {
		t.Error("a typed 0 is taken")
	}
	written := &Settings{RatePerMinute: askedZero, SendRatePerMinute: 300}
	if err := written.ReadLimits(func(string) bool { return false }); err != nil || written.RatePerMinute != 0 ||
		len(written.ZeroLimits) != 1 {
		t.Errorf("one of the version before: %v, %v, %v", written.RatePerMinute, written.ZeroLimits, err)
	}
}
