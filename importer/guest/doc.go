// Package guest makes a guest of a row: it cleans and checks the cells that columns gave to fields, and derives the
// guest's id. A row with a finding is rejected; one with a warning is imported, and shown to a person.
//
// A cell is read right or refused, and never put right by a guess: a guest who is mailed under a wrong name or address
// is worse than one who is corrected and sent a minute later. Everything here is of one row; what needs to know of
// others, such as guests who are in a file twice, is in package importer.
package guest
