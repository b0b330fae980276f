package operate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseRows reads numbers of rows and ranges of them, such as 3,7-9, and returns them in order.
func ParseRows(texts ...string) ([]int, error) {
	var list []int
	for _, part := range strings.FieldsFunc(strings.Join(texts, ","), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
		first, last, is := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if err == nil && is {
			to, err = strconv.Atoi(last)
		}
		switch {
		case err != nil || from < 1 || to < from:
			return nil, refuse("%q is neither the number of a row nor a range of them, such as 3 or 7-9", part)
		case to-from >= MaxResend || len(list) > MaxResend:
			return nil, tooMany()
		}
		for row := from; row <= to; row++ {
			list = append(list, row)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	switch {
	case len(list) == 0:
		return nil, refuse("no row is named: name rows by their numbers, such as 3,7-9")
	case len(list) > MaxResend:
		return nil, tooMany()
	}
	return list, nil
}

func tooMany() error {
	return refuse("these are more than %d rows, which is how many a command names at most; to send many emails again, make a list of the guests and run: guestflow import --resend FILE", MaxResend)
}

// Numbers are the rows as a person writes them.
func (p Resend) Numbers() string { return RowList(p.Spec.Resends.Rows) }

// RowList writes numbers as ParseRows reads them.
func RowList(numbers []int) string {
	var b strings.Builder
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, numbers[i])
		if last > i {
			fmt.Fprintf(&b, "-%d", numbers[last])
		}
		i = last + 1
	}
	return b.String()
}
