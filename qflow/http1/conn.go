package http1

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// conn is a connection. One call has it at a time.
type conn struct {
	net.Conn
	out   []byte        // the request
	in    *bufio.Reader // of what Read returns
	left  int64         // bytes that Read may still return
	since time.Time     // when it began to wait for the next call
}

func newConn(dialled net.Conn) *conn {
	c := &conn{Conn: dialled}
	c.in = bufio.NewReader(c)
	return c
}

// begin has a deadline, or the end of a context, end what is written and read. stop is false if the context has ended.
func (c *conn) begin(ctx context.Context, deadline time.Time) (stop func() bool) {
	_ = c.SetDeadline(deadline) // what is wrong with the connection shows when it is written to
	if ctx.Done() == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
}

// post makes a call. The connection is reusable if nothing on it could be taken for a part of another's answer.
func (c *conn) post(of *Client, path string, header []Field, body []byte) (a Answer, reusable bool, err error) {
	c.write(of.host, path, header, body)
	if _, err := c.Write(c.out); err != nil {
		return a, false, err
	}
	resp, err := c.answer(of.limits.Header)
	if err != nil {
		return a, false, fmt.Errorf("read the answer: %w", err)
	}
	a = Answer{Status: resp.StatusCode, Header: resp.Header}
	if a.Body, err = readBody(resp, of.limits.Body); err != nil {
		return a, false, fmt.Errorf("read the answer: %w", err)
	}
	return a, !resp.Close && resp.StatusCode != http.StatusSwitchingProtocols && c.in.Buffered() == 0, nil
}

// write makes the request, which is sent by one system call.
func (c *conn) write(host, path string, header []Field, body []byte) {
	b := append(c.out[:0], "POST "+path+" HTTP/1.1\r\nHost: "+host+"\r\n"...)
	for _, f := range header {
		b = append(append(append(append(b, f.Name...), ": "...), f.Value...), "\r\n"...)
	}
	b = strconv.AppendInt(append(b, "Content-Length: "...), int64(len(body)), 10)
	c.out = append(append(b, "\r\n\r\n"...), body...)
}

// post is what http.ReadResponse is told: the answer to a POST may have a body.
var post = &http.Request{Method: http.MethodPost}

// answer reads the header of an answer. Those before it that only announce it are passed over; all of them together are
// no longer than one may be.
func (c *conn) answer(longest int64) (*http.Response, error) {
	c.left = longest
	for {
		resp, err := http.ReadResponse(c.in, post)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			c.left = math.MaxInt64 // of the body, readBody reads no more than it may
			return resp, nil
		}
	}
}

var errHeader = errors.New("its header is too long")

// Read reads no more than what is left.
func (c *conn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errHeader
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// readBody reads a body to its end.
func readBody(resp *http.Response, longest int64) (b []byte, err error) {
	switch n := resp.ContentLength; {
	case n > longest:
	case n >= 0:
		b = make([]byte, n)
		_, err = io.ReadFull(resp.Body, b)
		return b, err
	default:
		if b, err = io.ReadAll(io.LimitReader(resp.Body, longest+1)); err != nil || int64(len(b)) <= longest {
			return b, err
		}
	}
	return nil, fmt.Errorf("longer than %d bytes", longest)
}
