package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// DefaultSwitches is documented Qflow for a verified, allow-listed account without a plan limit.
func DefaultSwitches() Switches {
	sw := Switches{
		Trusted: true, CommsEnabled: true,
		ZonePerMinute: 1000, SendPerMinute: 300, WindowSeconds: 60, MitigationSeconds: 60,
		PageSize:       100,
		WebhookRetries: 4, WebhookRetryMS: 500, WebhookTimeoutMS: 5000,
	}
	_ = sw.settle()
	return sw
}

// settle sets empty text switches to their default and reports values that a switch does not have.
func (sw *Switches) settle() error {
	var problems []error
	eachChoice(sw, func(name string, value reflect.Value, choices []string) {
		switch {
		case value.String() == "":
			value.SetString(choices[0])
		case !slices.Contains(choices, value.String()):
			problems = append(problems, fmt.Errorf("switch %s: %q is none of %s", name, value, strings.Join(choices, ", ")))
		}
	})
	return errors.Join(problems...)
}

// Choices lists the values of every text switch by its JSON name, the default first.
func Choices() map[string][]string {
	all := map[string][]string{}
	eachChoice(&Switches{}, func(name string, _ reflect.Value, choices []string) { all[name] = choices })
	return all
}

func eachChoice(sw *Switches, do func(name string, value reflect.Value, choices []string)) {
	all := reflect.ValueOf(sw).Elem()
	for i := range all.NumField() {
		field := all.Type().Field(i)
		if choices := field.Tag.Get("one_of"); choices != "" {
			do(field.Tag.Get("json"), all.Field(i), strings.Split(choices, ","))
		}
	}
}

// Switches returns the current switches.
func (s *Sandbox) Switches() Switches { return *s.current() }

// current is the snapshot that one call works with from beginning to end. It is never written to.
func (s *Sandbox) current() *Switches {
	if due := s.trustOpensAt.Load(); due != 0 && s.now().UnixNano() >= due {
		s.trustOpensAt.Store(0)
		_ = s.Adjust(func(sw *Switches) { sw.Trusted = true })
	}
	return s.switches.Load()
}

// Adjust changes switches while the sandbox runs. Calls already under way keep the ones they started with.
func (s *Sandbox) Adjust(change func(*Switches)) error {
	_, err := s.change(func(sw *Switches) error { change(sw); return nil })
	return err
}

// patch sets the switches named in a JSON object. An unknown name is an error: a typo must not pass for a tested case.
func (s *Sandbox) patch(body []byte) (Switches, error) {
	return s.change(func(sw *Switches) error {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(sw); err != nil {
			return fmt.Errorf("decode switches: %w", err)
		}
		return nil
	})
}

func (s *Sandbox) change(apply func(*Switches) error) (Switches, error) {
	s.switching.Lock()
	next := *s.switches.Load()
	err := apply(&next)
	if err == nil {
		err = next.settle()
	}
	if err == nil {
		s.switches.Store(&next)
	}
	s.switching.Unlock()
	if err == nil && !next.MailHeld {
		s.mailer.release()
	}
	return next, err
}
