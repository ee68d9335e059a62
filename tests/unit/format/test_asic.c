#include "format/asic.h"
#include "zip_kit.h"

// A container with empty entries of these names ("mimetype" has its contents), read.
static struct cm_zip_read *
container(const char *const *names)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	cm_zip_write_init(&w, &(struct cm_zip_write_options){.modified = cm_instant_of_seconds(1804123457)});
	for (size_t i = 0; names[i] != NULL; i++)
		assert_int_equal(kit_put(&w, &b, names[i],
		                         cm_view_text(strcmp(names[i], "mimetype") == 0 ? CM_ASIC_MIMETYPE : "")),
		                 CM_OK);
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	struct cm_zip_read *r = NULL;
	assert_int_equal(kit_read(cm_buf_view(&b), &(struct cm_zip_read_options){0}, NULL, &r), CM_OK);
	return r;
}

#define PACKAGE "mimetype", "data/a", "data/b/c", "metadata/case.jsonld", "metadata/request/1.json"
#define SIGNED "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"
#define SIGNED_2 "META-INF/ASiCManifest002.xml", "META-INF/signature002.p7s"

static void
packages_and_bundles_are_known_by_their_layout(void **state)
{
	(void)state;
	static const struct {
		const char *names[16];
		enum cm_asic_kind kind;
		enum cm_error rule; // NONE: accepted
	} cases[] = {
		{{PACKAGE, SIGNED}, CM_ASIC_PACKAGE, CM_ERROR_NONE},
		{{"mimetype", "data/a", "metadata/case.jsonld", SIGNED}, CM_ASIC_PACKAGE, CM_ERROR_NONE},
		{{PACKAGE, SIGNED, "court/report.txt", SIGNED_2}, CM_ASIC_BUNDLE, CM_ERROR_NONE},
		{{NULL}, 0, CM_ERROR_ASIC_MIMETYPE},
		{{"data/a", "mimetype", "metadata/case.jsonld", SIGNED}, 0, CM_ERROR_ASIC_MIMETYPE},
		{{"mimetypes", "data/a", "metadata/case.jsonld", SIGNED}, 0, CM_ERROR_ASIC_MIMETYPE},
		{{"mimetype", "metadata/case.jsonld", SIGNED}, 0, CM_ERROR_ASIC_MISSING},
		{{"mimetype", "data/a", SIGNED}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, "META-INF/signature001.p7s"}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, "META-INF/ASiCManifest001.xml"}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, SIGNED, "court/report.txt"}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, SIGNED, SIGNED_2}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, SIGNED, "court/x", "META-INF/signature002.p7s"}, 0, CM_ERROR_ASIC_MISSING},
		{{PACKAGE, SIGNED, "more"}, 0, CM_ERROR_ASIC_LAYOUT},
		{{PACKAGE, SIGNED, "META-INF/signatures001.xml"}, 0, CM_ERROR_ASIC_LAYOUT},
		{{PACKAGE, SIGNED, "data/late"}, 0, CM_ERROR_ASIC_LAYOUT},
		{{PACKAGE, "META-INF/signature001.p7s", "META-INF/ASiCManifest001.xml"}, 0, CM_ERROR_ASIC_LAYOUT},
		{{"mimetype", "metadata/case.jsonld", "data/a", SIGNED}, 0, CM_ERROR_ASIC_LAYOUT},
		{{"mimetype", "data/a", "metadata/other", "metadata/case.jsonld", SIGNED}, 0, CM_ERROR_ASIC_LAYOUT},
		{{"mimetype", "Data/a", "metadata/case.jsonld", SIGNED}, 0, CM_ERROR_ASIC_LAYOUT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_report report = {0};
		enum cm_asic_kind kind = CM_ASIC_PACKAGE;
		struct cm_zip_read *r = container(cases[i].names);
		cm_result result = cm_asic_check_layout(r, &report, &kind);
		bool good = cases[i].rule == CM_ERROR_NONE ? result == CM_OK && kind == cases[i].kind
		                                           : cm_report_has(&report, cases[i].rule);
		if (!good)
			fail_msg("case %zu: %s", i, cm_result_name(result));
		cm_zip_read_free(r);
	}
}

static void
the_mimetype_has_one_content(void **state)
{
	(void)state;
	assert_int_equal(cm_asic_check_mimetype(cm_view_text("application/vnd.etsi.asic-e+zip"), NULL), CM_OK);
	struct cm_report report = {0};
	assert_int_equal(cm_asic_check_mimetype(cm_view_text("application/vnd.etsi.asic-e+zip\n"), &report),
	                 CM_REFUSED);
	assert_int_equal(cm_asic_check_mimetype(cm_view_text("application/vnd.etsi.asic-s+zip"), &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ASIC_MIMETYPE));
}

static void
manifest_of(const char *signature, const char *const *names, struct cm_asic_manifest *ret_m)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	cm_asic_manifest_begin(&b, signature);
	for (size_t i = 0; names[i] != NULL; i++)
		cm_asic_manifest_line(&b, &(struct cm_asic_line){.name = cm_view_text(names[i])});
	cm_asic_manifest_end(&b);
	assert_int_equal(cm_asic_manifest_read(cm_buf_view(&b), NULL, ret_m), CM_OK);
}

static void
a_manifest_covers_everything_before_it(void **state)
{
	(void)state;
#define LISTED "data/a", "data/b/c", "metadata/case.jsonld", "metadata/request/1.json"
	static const struct {
		const char *signature, *names[16];
		int which; // manifest 1 or 2
		enum cm_error rule;
	} cases[] = {
		{"META-INF/signature001.p7s", {LISTED}, 1, CM_ERROR_NONE},
		{"META-INF/signature001.p7s",
	         {"metadata/request/1.json", "data/b/c", "data/a", "metadata/case.jsonld"},
	         1,
	         CM_ERROR_NONE},
		{"META-INF/signature002.p7s", {LISTED, SIGNED, "court/x"}, 2, CM_ERROR_NONE},
		{"META-INF/signature002.p7s", {LISTED}, 1, CM_ERROR_ASIC_SIGNATURE_REFERENCE},
		{"META-INF/signature001.p7s",
	         {"data/a", "metadata/case.jsonld", "metadata/request/1.json"},
	         1,
	         CM_ERROR_ASIC_UNLISTED},
		{"META-INF/signature002.p7s", {"court/x"}, 2, CM_ERROR_ASIC_UNLISTED},
		{"META-INF/signature002.p7s",
	         {LISTED, "court/x", "META-INF/ASiCManifest001.xml"},
	         2,
	         CM_ERROR_ASIC_UNLISTED},
		{"META-INF/signature001.p7s", {LISTED, "data/d"}, 1, CM_ERROR_ASIC_LISTED_MISSING},
		{"META-INF/signature001.p7s", {LISTED, "mimetype"}, 1, CM_ERROR_ASIC_LISTED_MISSING},
		{"META-INF/signature001.p7s", {LISTED, "court/x"}, 1, CM_ERROR_ASIC_LISTED_MISSING},
		{"META-INF/signature001.p7s",
	         {LISTED, "META-INF/ASiCManifest001.xml"},
	         1,
	         CM_ERROR_ASIC_LISTED_MISSING},
	};
	struct cm_zip_read *r = container((const char *const[]){PACKAGE, SIGNED, "court/x", SIGNED_2, NULL});
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_report report = {0};
		CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
		manifest_of(cases[i].signature, cases[i].names, &m);
		bool first = cases[i].which == 1;
		cm_result result =
			cm_asic_check_cover(r, &m, first ? CM_ASIC_PACKAGE_MANIFEST : CM_ASIC_BUNDLE_MANIFEST,
		                            first ? CM_ASIC_PACKAGE_SIGNATURE : CM_ASIC_BUNDLE_SIGNATURE, &report);
		bool good = cases[i].rule == CM_ERROR_NONE ? result == CM_OK : cm_report_has(&report, cases[i].rule);
		if (!good)
			fail_msg("case %zu: %s", i, cm_result_name(result));
	}
	cm_zip_read_free(r);
}

static void
media_types_go_by_the_last_extension(void **state)
{
	(void)state;
	static const struct {
		const char *name, *media;
	} cases[] = {{"data/a.txt", "text/plain"},
	             {"data/A.JPG", "image/jpeg"},
	             {"a.tar.gz", "application/gzip"},
	             {"a.b/c", "application/octet-stream"},
	             {"a.", "application/octet-stream"},
	             {"txt", "application/octet-stream"},
	             {"metadata/case.jsonld", "application/ld+json"},
	             {"a.waytoolongextensionforus", "application/octet-stream"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(cm_asic_media(cm_view_text(cases[i].name)), cases[i].media);
}

UNIT_MAIN(T(packages_and_bundles_are_known_by_their_layout), T(the_mimetype_has_one_content),
          T(a_manifest_covers_everything_before_it), T(media_types_go_by_the_last_extension))
