//go:build !unix

package listfile

// openFlags are none: FIFOs of a folder do not exist here, and Open looks for a link before.
const openFlags = 0

func isLink(error) bool { return false }
