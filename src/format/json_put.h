// Writing JSON into a buffer, member by member, without white space. The caller gives the members in RFC 8785 order
// (UTF-16 code units) when the result has to be canonical; nothing is sorted here.
// Failure is sticky in the buffer; a text that is not UTF-8 or a number beyond ±(2^53 − 1) makes it fail too.
// Source: json_put.c.
#ifndef CM_FORMAT_JSON_PUT_H
#define CM_FORMAT_JSON_PUT_H

#include "base/buf.h"

// One writer for one document: struct cm_json_put put = cm_json_put_of(&buf);
struct cm_json_put {
	struct cm_buf *to;
	uint64_t begun; // bit d: something was written at level d, so a comma is due
	unsigned depth;
};

struct cm_json_put cm_json_put_of(struct cm_buf *to);

// The name of the next member; then exactly one value follows. Inside arrays no name is given.
void cm_json_put_name(struct cm_json_put *put, const char *name);

void cm_json_put_object(struct cm_json_put *put); // {
void cm_json_put_array(struct cm_json_put *put);  // [
void cm_json_put_end_object(struct cm_json_put *put);
void cm_json_put_end_array(struct cm_json_put *put);
void cm_json_put_text(struct cm_json_put *put, struct cm_view text);
void cm_json_put_number(struct cm_json_put *put, int64_t number);
void cm_json_put_bool(struct cm_json_put *put, bool yes);
void cm_json_put_null(struct cm_json_put *put);
// Bytes that are a JSON value already.
void cm_json_put_raw(struct cm_json_put *put, struct cm_view json);

// Name and value in one.
void cm_json_put_member_text(struct cm_json_put *put, const char *name, struct cm_view text);
void cm_json_put_member_cstr(struct cm_json_put *put, const char *name, const char *text);
void cm_json_put_member_number(struct cm_json_put *put, const char *name, int64_t number);
void cm_json_put_member_bool(struct cm_json_put *put, const char *name, bool yes);

#endif
