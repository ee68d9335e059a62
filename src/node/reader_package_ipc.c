// Knows: the bytes of a package reader's job. Does not know: how it is done.
#include "node/reader_package.h"

#include <string.h>

#include "base/rd.h"

void
cm_reader_package_job_write(const struct cm_reader_package_job *job, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)job->what);
	cm_buf_u64be(to, (uint64_t)job->now.us);
	cm_buf_field(to, job->roots);
	cm_buf_u8(to, (uint8_t)job->chain_count);
	for (size_t i = 0; i < job->chain_count; i++)
		cm_buf_field(to, job->chain[i]);
}

bool
cm_reader_package_job_read(struct cm_view v, struct cm_reader_package_job *ret_job)
{
	struct cm_rd rd = cm_rd_of(v);
	struct cm_reader_package_job job = {.what = (enum cm_reader_package_what)cm_rd_u8(&rd)};
	job.now.us = (int64_t)cm_rd_u64be(&rd);
	job.roots = cm_rd_field(&rd);
	job.chain_count = cm_rd_u8(&rd);
	for (size_t i = 0; i < job.chain_count && i < CM_READER_PACKAGE_CERTIFICATES; i++)
		job.chain[i] = cm_rd_field(&rd);
	*ret_job = job;
	return cm_rd_done(&rd) && job.chain_count <= CM_READER_PACKAGE_CERTIFICATES &&
	       (job.what == CM_READER_PACKAGE_VERIFY || job.what == CM_READER_PACKAGE_BUNDLE);
}

void
cm_reader_package_told_write(const struct cm_reader_package_told *told, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)told->verdict);
	cm_buf_u64be(to, told->bytes);
	cm_buf_view_add(to, cm_hash_view(&told->hash));
	cm_buf_field(to, told->report);
}

bool
cm_reader_package_told_read(struct cm_view v, struct cm_reader_package_told *ret_told)
{
	struct cm_rd rd = cm_rd_of(v);
	struct cm_reader_package_told told = {.verdict = (enum comity_verdict)cm_rd_u8(&rd)};
	told.bytes = cm_rd_u64be(&rd);
	struct cm_view hash = cm_rd_bytes(&rd, CM_HASH_SIZE);
	told.report = cm_rd_field(&rd);
	if (!cm_rd_done(&rd) || told.verdict > COMITY_VERDICT_REFUSED || told.bytes > INT64_MAX)
		return false;
	memcpy(told.hash.b, hash.p, hash.n);
	*ret_told = told;
	return true;
}
