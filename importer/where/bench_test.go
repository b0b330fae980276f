package where_test

import (
	"testing"

	"guestflow/importer/where"
)

func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{"ascii": "General Admission", "letters": "München 17", "plain": "vip"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				where.Fold(text)
			}
		})
	}
}
