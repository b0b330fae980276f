// Package rowstatus judges what a list says of whether its rows are meant: cancelled, declined, unsubscribed, in a column of
// states or answers, in a note, beside a name, in the heading above the rows. It counts what a whole file says, and asks about
// rows that may not be meant: it never leaves one out by itself. Whether a row is meant is for its sender to say, so a rule that
// is in doubt asks; but a question about each list would be answered unread, so it has to be seldom needless.
//
// A column is decided about in three steps.
//
// First its header says what its texts can mean (MeaningOf, headermeaning.go), in this order: a question to which anything but
// no is a no (“Unsubscribed”), a payment, a word of states, permissions or answers, a pair of answers (“A/D”), and words in any
// order. What the header names besides takes that back: a diet, a hotel, another event. A header of which nothing is known is
// of a choice where its column has few texts (unhinted), and else of free text (anything).
//
// Then each cell is judged by itself (Column.Judge, status.go), by that meaning:
//
//	status, Consent, permission, refusal   a known word (words.go), a word of a choice, a sentence (sentence.go)
//	unhinted, unclear                      the same, but that it only perhaps says so (openStatus, choice.go)
//	Notes, anything, Comments              a note, clause by clause (verdictOn, note.go)
//	Names                                  a mark or a word beside the name (namemark.go)
//	Heading, Tags                          a label (meaningOfLabel, notmeant.go)
//	Quantity, Channel, Event               numbers of people, ways of writing, events (a file each)
//
// Each cell is Out (its row may not be meant), perhaps Out, or says that its row is meant, or nothing.
//
// At last the whole column shows what is perhaps a no (ColumnCounts.judged, counts.go): it is one where other cells are known
// answers or states (isOfAnswers). Where it is not known which of the texts is the no, that is asked too (isUndecided).
// Questions (question.go) come of columns with rows that are Out and would become guests, and of undecided ones. What no rule
// finds, a person may: columns and notes of a few texts that decide nothing stand at the beginning of a plan (Undecided).
//
// The words are data, in the files that end in words.go and in phrases.go, in the languages of many senders. A word is added
// there; a rule is added only where words stand together in another way.
package rowstatus
