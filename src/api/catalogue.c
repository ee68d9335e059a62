// Knows: which tables of the law outsiders read. Does not know: what they mean. Serves include/comity/catalogue.h.
#include "comity/catalogue.h"

#include "domain/tab_article.h"
#include "domain/tab_kind.h"
#include "domain/tab_offence.h"

size_t
comity_catalogue_count(enum comity_catalogue catalogue)
{
	switch (catalogue) {
	case COMITY_CATALOGUE_KINDS:
		return CM_KIND_END - 1;
	case COMITY_CATALOGUE_ARTICLES:
		return CM_ARTICLE_END - 1;
	case COMITY_CATALOGUE_OFFENCES:
		return CM_OFFENCE_END - 1;
	}
	return 0;
}

bool
comity_catalogue_row(enum comity_catalogue catalogue, size_t at, struct comity_catalogue_row *ret_row)
{
	if (at >= comity_catalogue_count(catalogue))
		return false;
	if (catalogue == COMITY_CATALOGUE_KINDS) {
		const struct cm_kind_row *row = cm_kind_row((enum cm_kind)(at + 1));
		*ret_row = (struct comity_catalogue_row){row->code, row->name, row->source};
	} else if (catalogue == COMITY_CATALOGUE_ARTICLES) {
		const struct cm_article_row *row = cm_article_row((enum cm_article)(at + 1));
		*ret_row = (struct comity_catalogue_row){row->number, row->title, row->source};
	} else {
		const struct cm_offence_row *row = cm_offence_row((enum cm_offence)(at + 1));
		*ret_row = (struct comity_catalogue_row){row->code, row->label, row->source};
	}
	return true;
}
