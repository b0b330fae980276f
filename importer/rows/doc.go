// Package rows reads the rows of a list: each is decoded, mapped, checked and identified, in order, and a guest or a barcode that came
// before is found. The rows are those of the file, or what was kept of them in a temporary file (Kept), so that a plan and the import
// after it take each row apart once.
//
// Batches are read ahead and checked beside each other, and the space of rows is used again: it takes no more memory however long
// the list is, and a row is good until it is released. What only the whole of a list shows is found by those who take the rows.
package rows
