// Knows: the error numbers of the profile, by data/hi1_errors.tab. Does not know: what went wrong.
#include "format/hi1_error.h"

void
cm_hi1_error_text(struct cm_buf *to, enum cm_hi1_error error, const char *article, const char *text)
{
	cm_buf_text(to, cm_hi1_error_row(error)->word);
	if (article != NULL && *article != 0) {
		cm_buf_u8(to, ' ');
		cm_buf_text(to, article);
	}
	cm_buf_text(to, ": ");
	cm_buf_text(to, text);
}

enum cm_hi1_error
cm_hi1_error_of_number(uint64_t number)
{
	for (unsigned i = 1; i < CM_HI1_ERROR_END; i++)
		if (cm_hi1_error_row((enum cm_hi1_error)i)->number == number)
			return (enum cm_hi1_error)i;
	return CM_HI1_ERROR_NONE;
}

enum cm_hi1_error
cm_hi1_error_of_rule(enum cm_error rule)
{
	for (unsigned i = 1; i < CM_HI1_ERROR_END && rule != CM_ERROR_NONE; i++)
		if (cm_hi1_error_row((enum cm_hi1_error)i)->rule == rule)
			return (enum cm_hi1_error)i;
	return CM_HI1_ERROR_NONE;
}

bool
cm_hi1_error_whole(enum cm_hi1_error error)
{
	return cm_view_is(cm_view_text(cm_hi1_error_row(error)->level), "message");
}
