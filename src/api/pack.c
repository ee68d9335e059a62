// Knows: what stands in a package and in which order, and the custody graph about it. Does not know: files, keys,
// clocks. Serves doc/spec/package.md sections 2, 4 and 5.
#include "api/container.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/case_graph.h"

#define CM_PACK_UUID 16
#define CM_PACK_STEPS 16

enum cm_pack_at {
	CM_PACK_ADDING,  // inputs may come
	CM_PACK_CHANCE,  // random bytes for the ids of the graph are asked for
	CM_PACK_FILES,   // mimetype and data/ go out
	CM_PACK_PAPERS,  // graph and request documents go out
	CM_PACK_SIGN,    // the manifest is out, its signature is awaited
	CM_PACK_SIGNED,  // the signature goes out
	CM_PACK_DONE,
};

struct cm_pack_paper {
	char *name;
	struct cm_buf bytes;
};

struct comity_pack {
	enum cm_pack_at at;
	struct cm_container container;
	struct comity_instant now;
	struct comity_custody custody; // texts are in `arena`
	struct comity_custody_step steps[CM_PACK_STEPS];
	struct cm_arena arena;
	size_t inputs;
	struct cm_pack_paper *papers;
	size_t paper_count;
	struct cm_buf chance; // bytes for ids
	size_t chance_used;
	struct cm_hash identity;
	bool identified;
};

static const char *
cm_pack_text(struct comity_pack *pack, const char *text)
{
	return text == NULL ? NULL : (const char *)cm_arena_copy(&pack->arena, cm_view_text(text)).p;
}

static cm_result
cm_pack_custody(struct comity_pack *pack, const struct comity_custody *custody)
{
	if (custody->step_count > CM_PACK_STEPS)
		return CM_BUG;
	pack->custody = *custody;
	pack->custody.investigation = cm_pack_text(pack, custody->investigation);
	pack->custody.authority = cm_pack_text(pack, custody->authority);
	pack->custody.person = cm_pack_text(pack, custody->person);
	pack->custody.authorization = cm_pack_text(pack, custody->authorization);
	pack->custody.authorization_type = cm_pack_text(pack, custody->authorization_type);
	pack->custody.exhibit = cm_pack_text(pack, custody->exhibit);
	pack->custody.exhibit_description = cm_pack_text(pack, custody->exhibit_description);
	for (size_t i = 0; i < custody->step_count; i++) {
		pack->steps[i] = custody->steps[i];
		pack->steps[i].description = cm_pack_text(pack, custody->steps[i].description);
	}
	pack->custody.steps = pack->steps;
	return pack->arena.failed ? CM_NOMEM : CM_OK;
}

enum comity_result
comity_pack_new(const struct comity_pack_options *options, struct comity_report *report, struct comity_pack **ret_pack)
{
	struct cm_container_options container = {.modified = {options->now.us},
	                                         .max_entries = CM_LIMIT_PACKAGE_ENTRIES_VALUE,
	                                         .changed = CM_ERROR_PACK_CHANGED};
	struct comity_pack *pack = cm_mem_new(sizeof *pack);
	if (pack == NULL)
		return COMITY_NOMEM;
	cm_container_init(&pack->container, &container);
	pack->chance = cm_buf_of((CM_LIMIT_PACKAGE_ENTRIES_VALUE + 64) * CM_PACK_UUID);
	pack->now = options->now;
	cm_result r = options->custody == NULL ? CM_OK : cm_pack_custody(pack, options->custody);
	struct cm_buf mimetype = cm_buf_of(64);
	cm_buf_text(&mimetype, CM_ASIC_MIMETYPE);
	if (r == CM_OK)
		r = cm_container_add_bytes(&pack->container, cm_view_text(CM_ASIC_MIMETYPE_NAME), &mimetype,
		                           comity_report_inside(report));
	if (r == CM_OK)
		*ret_pack = cm_take(&pack);
	comity_pack_free(pack);
	return comity_result_of(r);
}

void
comity_pack_free(struct comity_pack *pack)
{
	if (pack == NULL)
		return;
	cm_container_fini(&pack->container);
	for (size_t i = 0; i < pack->paper_count; i++) {
		cm_mem_free(pack->papers[i].name);
		cm_buf_fini(&pack->papers[i].bytes);
	}
	cm_mem_free(pack->papers);
	cm_buf_fini(&pack->chance);
	cm_arena_fini(&pack->arena);
	cm_mem_free(pack);
}

// The name below a folder of the package.
static cm_result
cm_pack_name(const char *folder, const char *name, struct cm_report *report, struct cm_buf *to)
{
	cm_buf_text(to, folder);
	cm_buf_text(to, name);
	return cm_buf_result(to) == CM_REFUSED ? cm_report_refuse(report, CM_ERROR_ZIP_NAME_LENGTH, folder, "%s", name)
	                                       : cm_buf_result(to);
}

enum comity_result
comity_pack_add(struct comity_pack *pack, const struct comity_pack_input *input, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_buf CM_CLEANUP(cm_buf_fini) name = cm_buf_of(CM_LIMIT_ZIP_NAME_BYTES_VALUE);
	if (pack->at != CM_PACK_ADDING)
		return COMITY_BUG;
	cm_result r = cm_pack_name(CM_ASIC_DATA, input->name, inside, &name);
	if (r == CM_OK && input->size > CM_LIMIT_VOLUME_BYTES_VALUE)
		r = cm_report_refuse(inside, CM_ERROR_ZIP_ENTRY_TOO_BIG, input->name, "%llu bytes",
		                     (unsigned long long)input->size);
	if (r == CM_OK && pack->container.count >= CM_LIMIT_PACKAGE_ENTRIES_VALUE)
		r = cm_report_refuse(inside, CM_ERROR_ZIP_TOO_MANY_ENTRIES, input->name, "more than %d",
		                     CM_LIMIT_PACKAGE_ENTRIES_VALUE);
	if (r != CM_OK)
		return comity_result_of(r);
	struct cm_container_copy copy = {
	        .name = cm_buf_view(&name), .size = input->size, .crc = input->crc, .input = pack->inputs};
	r = cm_container_add_copy(&pack->container, &copy, inside);
	if (r == CM_OK)
		pack->inputs++;
	return comity_result_of(r);
}

enum comity_result
comity_pack_add_request(struct comity_pack *pack, const char *name, struct comity_view bytes,
                        struct comity_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) full = cm_buf_of(CM_LIMIT_ZIP_NAME_BYTES_VALUE);
	if (pack->at != CM_PACK_ADDING)
		return COMITY_BUG;
	if (bytes.n > CM_LIMIT_MESSAGE_BYTES_VALUE)
		return comity_result_of(cm_report_refuse(comity_report_inside(report), CM_ERROR_FILE_TOO_LARGE, name,
		                                         "%zu bytes", bytes.n));
	cm_result r = cm_pack_name(CM_ASIC_REQUEST, name, comity_report_inside(report), &full);
	if (r == CM_OK)
		r = cm_zip_name_check(cm_buf_view(&full), "package", comity_report_inside(report));
	if (r != CM_OK)
		return comity_result_of(r);
	struct cm_pack_paper *papers = cm_mem_resize(pack->papers, (pack->paper_count + 1) * sizeof *papers);
	if (papers == NULL)
		return COMITY_NOMEM;
	pack->papers = papers;
	struct cm_pack_paper *paper = &papers[pack->paper_count];
	paper->bytes = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_view_add(&paper->bytes, comity_inside(bytes));
	paper->name = cm_mem_text(full.p, full.n);
	pack->paper_count++;
	return paper->name == NULL ? COMITY_NOMEM : comity_result_of(cm_buf_result(&paper->bytes));
}

static struct cm_case_id
cm_pack_id(struct comity_pack *pack)
{
	struct cm_case_id id;
	cm_text_uuid_write(pack->chance.p + pack->chance_used, id.text);
	pack->chance_used += CM_PACK_UUID;
	return id;
}

static struct cm_view
cm_pack_said(const char *text)
{
	return cm_view_text(text == NULL ? "not stated" : text);
}

static enum cm_case_step_kind
cm_pack_step_kind(enum comity_custody_kind kind)
{
	switch (kind) {
	case COMITY_CUSTODY_RECEIVED:
		return CM_CASE_RECEIVED;
	case COMITY_CUSTODY_PRESERVED:
		return CM_CASE_PRESERVED;
	case COMITY_CUSTODY_COLLECTED:
		return CM_CASE_COLLECTED;
	case COMITY_CUSTODY_PACKED:
		break;
	}
	return CM_CASE_PACKED;
}

static void
cm_pack_graph_files(struct comity_pack *pack, struct cm_case_file *files)
{
	size_t n = 0;
	for (size_t i = 0; i < pack->container.count; i++) {
		const struct cm_container_item *item = &pack->container.items[i];
		struct cm_view name = cm_view_text(item->name);
		if (!cm_view_starts(name, CM_ASIC_DATA))
			continue;
		files[n] = (struct cm_case_file){.id = cm_pack_id(pack),
		                                 .name = name,
		                                 .media = cm_view_text(cm_asic_media(name)),
		                                 .size = item->size};
		memcpy(files[n++].sha256, item->sha256.b, CM_HASH_SIZE);
	}
}

// The custody graph over all files, as an item.
static cm_result
cm_pack_graph(struct comity_pack *pack, struct cm_report *report)
{
	const struct comity_custody *said = &pack->custody;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CASE_GRAPH_BYTES_VALUE);
	size_t file_count = 0, party_count = 1;
	for (size_t i = 0; i < pack->container.count; i++)
		file_count += cm_view_starts(cm_view_text(pack->container.items[i].name), CM_ASIC_DATA) ? 1 : 0;
	CM_AUTO struct cm_case_file *files = cm_mem_new_many(file_count, sizeof *files);
	if (files == NULL)
		return CM_NOMEM;
	cm_pack_graph_files(pack, files);
	struct cm_case_party parties[2] = {{.id = cm_pack_id(pack), .name = cm_pack_said(said->authority)}};
	if (said->person != NULL)
		parties[party_count++] = (struct cm_case_party){
		        .id = cm_pack_id(pack), .name = cm_view_text(said->person), .person = true};
	struct cm_case_exhibit exhibit = {.id = cm_pack_id(pack),
	                                  .number = cm_view_text(said->exhibit == NULL ? "1" : said->exhibit),
	                                  .description = cm_view_text(said->exhibit_description),
	                                  .file_count = file_count};
	struct cm_case_authorization authorization = {.id = cm_pack_id(pack),
	                                              .identifier = cm_view_text(said->authorization),
	                                              .type = cm_view_text(said->authorization_type)};
	struct cm_case_step steps[CM_PACK_STEPS];
	struct comity_custody_step packed = {.kind = COMITY_CUSTODY_PACKED, .start = pack->now, .end = pack->now};
	const struct comity_custody_step *given = said->step_count == 0 ? &packed : said->steps;
	size_t step_count = said->step_count == 0 ? 1 : said->step_count;
	for (size_t i = 0; i < step_count; i++)
		steps[i] = (struct cm_case_step){.id = cm_pack_id(pack),
		                                 .kind = cm_pack_step_kind(given[i].kind),
		                                 .start = {given[i].start.us},
		                                 .end = {given[i].end.us},
		                                 .performer = party_count - 1,
		                                 .result = i + 1 == step_count ? 0 : CM_CASE_NONE,
		                                 .object = CM_CASE_NONE,
		                                 .description = cm_view_text(given[i].description)};
	struct cm_case_graph graph = {.investigation = cm_pack_id(pack),
	                              .investigation_name = cm_pack_said(said->investigation),
	                              .tool = cm_pack_id(pack),
	                              .tool_name = cm_view_text("comity"),
	                              .tool_version = cm_view_text(CM_VERSION),
	                              .authorization = said->authorization == NULL ? NULL : &authorization,
	                              .parties = parties,
	                              .party_count = party_count,
	                              .steps = steps,
	                              .step_count = step_count,
	                              .exhibits = &exhibit,
	                              .exhibit_count = 1,
	                              .files = files,
	                              .file_count = file_count};
	cm_result r = cm_case_graph_write(&graph, &text, report);
	return r == CM_OK ? cm_container_add_bytes(&pack->container, cm_view_text(CM_ASIC_CASE_NAME), &text, report) : r;
}

static cm_result
cm_pack_papers(struct comity_pack *pack, struct cm_report *report)
{
	cm_result r = cm_pack_graph(pack, report);
	for (size_t i = 0; r == CM_OK && i < pack->paper_count; i++)
		r = cm_container_add_bytes(&pack->container, cm_view_text(pack->papers[i].name), &pack->papers[i].bytes,
		                           report);
	if (r == CM_OK)
		r = cm_container_manifest(&pack->container, CM_ASIC_PACKAGE_MANIFEST, CM_ASIC_PACKAGE_SIGNATURE, report,
		                          &pack->identity);
	pack->identified = r == CM_OK;
	return r;
}

enum comity_result
comity_pack_step(struct comity_pack *pack, struct comity_report *report, struct comity_step *ret_step)
{
	struct cm_report *inside = comity_report_inside(report);
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	if (pack->at == CM_PACK_ADDING)
		pack->at = CM_PACK_CHANCE;
	if (pack->at == CM_PACK_CHANCE) {
		step.kind = COMITY_STEP_RANDOM;
		step.length = (pack->inputs + CM_PACK_STEPS + 8) * CM_PACK_UUID;
		*ret_step = step;
		return COMITY_OK;
	}
	if (pack->at == CM_PACK_DONE) {
		*ret_step = step;
		return COMITY_OK;
	}
	cm_result r = cm_container_step(&pack->container, inside, &step);
	if (r == CM_OK && step.kind == COMITY_STEP_DONE && pack->at == CM_PACK_FILES) {
		if (!cm_container_caught_up(&pack->container))
			step.kind = COMITY_STEP_WAIT;
		else {
			r = cm_pack_papers(pack, inside);
			pack->at = CM_PACK_PAPERS;
			if (r == CM_OK)
				r = cm_container_step(&pack->container, inside, &step);
		}
	} else if (r == CM_OK && step.kind == COMITY_STEP_DONE && pack->at == CM_PACK_PAPERS) {
		step.kind = COMITY_STEP_SIGN;
		step.statement.purpose = COMITY_PURPOSE_CADES;
		memcpy(step.statement.digest.b, pack->identity.b, CM_HASH_SIZE);
		pack->at = CM_PACK_SIGN;
	} else if (r == CM_OK && step.kind == COMITY_STEP_DONE && pack->at == CM_PACK_SIGNED) {
		r = cm_container_end(&pack->container, inside, &step);
		pack->at = CM_PACK_DONE;
	} else if (r == CM_OK && pack->at == CM_PACK_SIGN)
		r = CM_BUG; // asked on without the signature
	if (r == CM_OK)
		*ret_step = step;
	return comity_result_of(r);
}

enum comity_result
comity_pack_give(struct comity_pack *pack, struct comity_view bytes, struct comity_report *report)
{
	(void)report;
	if (pack->at != CM_PACK_CHANCE || bytes.n != (pack->inputs + CM_PACK_STEPS + 8) * CM_PACK_UUID)
		return COMITY_BUG;
	cm_buf_view_add(&pack->chance, comity_inside(bytes));
	pack->at = CM_PACK_FILES;
	return comity_result_of(cm_buf_result(&pack->chance));
}

enum comity_result
comity_pack_digest(struct comity_pack *pack, struct comity_view bytes, struct comity_report *report)
{
	return comity_result_of(
	        cm_container_digest(&pack->container, comity_inside(bytes), comity_report_inside(report)));
}

enum comity_result
comity_pack_signed(struct comity_pack *pack, const struct comity_signature *signature, struct comity_report *report)
{
	if (pack->at != CM_PACK_SIGN)
		return COMITY_BUG;
	cm_result r = cm_container_signature(&pack->container, CM_ASIC_PACKAGE_SIGNATURE, &pack->identity, signature,
	                                     comity_report_inside(report));
	pack->at = CM_PACK_SIGNED;
	return comity_result_of(r);
}

bool
comity_pack_identity(const struct comity_pack *pack, struct comity_hash *ret_identity)
{
	if (pack->identified)
		memcpy(ret_identity->b, pack->identity.b, CM_HASH_SIZE);
	return pack->identified;
}
