package sandbox

// Credentials are what one account holder of Qflow has been given, and what exists in the account from the start.
type Credentials struct {
	ClientID        string
	ClientSecret    string
	Email           string // the user
	Password        string
	EnterprisePin   string // when set, the user signs in as "pin/email" and only so (docs/qflow-api.md section 2)
	SubscriptionKey string
	EventID         string
	TemplateID      string
	SecondTemplate  string
}

// UserName is what goes into the token request's username field.
func (c Credentials) UserName() string {
	if c.EnterprisePin == "" {
		return c.Email
	}
	return c.EnterprisePin + "/" + c.Email
}

// String names the account without its secrets, so that a failed test does not print credentials.
func (c Credentials) String() string { return "sandbox account " + c.UserName() }

// GoString is String, so that %#v does not print them either.
func (c Credentials) GoString() string { return c.String() }

// Defaults is the account that a sandbox with no options has. The values are public on purpose: they open nothing else.
func Defaults() Credentials {
	return Credentials{
		ClientID:        "sandbox_resowner",
		ClientSecret:    "sandbox-client-secret",
		Email:           "operator@sandbox.example",
		Password:        "sandbox-password",
		SubscriptionKey: "5a4db0c5a4db0c5a4db0c5a4db0c5a4d",
		EventID:         "e0000000-0000-4000-8000-000000000001",
		TemplateID:      "70000000-0000-4000-8000-000000000001",
		SecondTemplate:  "70000000-0000-4000-8000-000000000002",
	}
}

// OtherAccount is a second account, for Options.Others: its event and templates exist and are not the main account's.
func OtherAccount() Credentials {
	return Credentials{
		ClientID:        "stranger_resowner",
		ClientSecret:    "stranger-client-secret",
		Email:           "stranger@sandbox.example",
		Password:        "stranger-password",
		SubscriptionKey: "7e57ab1e7e57ab1e7e57ab1e7e57ab1e",
		EventID:         "e0000000-0000-4000-8000-0000000000ff",
		TemplateID:      "70000000-0000-4000-8000-0000000000ff",
		SecondTemplate:  "70000000-0000-4000-8000-0000000000fe",
	}
}
