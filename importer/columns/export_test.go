package columns

// SplitName is splitName, for tests.
var SplitName = splitName
