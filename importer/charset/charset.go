// Package charset finds out how a text is written, and reads it as UTF-8.
//
// Few lists say their encoding, and what a list of guests has of foreign letters is names: the encoding is the one in
// which these are likeliest. It is decided by a margin; within it there is no winner but a *DoubtError with the
// likeliest readings. A text that was taken for another encoding and saved as UTF-8 is read back where that proves
// itself, and letters that are written as ASCII (J&ouml;rg) are decoded likewise.
package charset
