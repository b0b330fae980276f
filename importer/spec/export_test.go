package spec

// IsSetting reports whether a profile has a field of a spec, by its name in JSON.
func IsSetting(field string) bool { return settingNames[field] != "" }
