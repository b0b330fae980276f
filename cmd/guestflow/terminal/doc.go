// Package terminal is what a command prints and asks: results as text or JSON, questions, and live views of imports.
//
// Names of files, cells and texts of servers are printed only through it, so that none of them is a command to a
// terminal (package visible).
package terminal
