// Knows: which reading connection is free. Does not know: what is read.
#include "os/clock.h"
#include "store/inside.h"

// The first one: that it can be opened is known from then on. The others are opened when two read at once.
cm_result
cm_readers_init(struct cm_store *store, struct cm_report *report)
{
	return cm_db_open(store->path, CM_DB_READ, report, &store->readers[0]);
}

static bool
cm_readers_open(struct cm_store *store, size_t i)
{
	if (store->readers[i] == NULL)
		cm_result_ignore(cm_db_open(store->path, CM_DB_READ, NULL, &store->readers[i]), "those that are open have to do");
	return store->readers[i] != NULL;
}

void
cm_readers_fini(struct cm_store *store)
{
	for (size_t i = 0; i < CM_STORE_READERS; i++)
		cm_db_close(store->readers[i]);
}

bool
cm_readers_rebuilding(struct cm_store *store)
{
	CM_MUTEX_HOLD(&store->lock_readers);
	return store->rebuilding && pthread_equal(store->rebuilder, pthread_self());
}

struct cm_db *
cm_readers_take(struct cm_store *store)
{
	CM_MUTEX_HOLD(&store->lock_readers);
	for (;;) {
		if (store->rebuilding && pthread_equal(store->rebuilder, pthread_self()))
			return store->db;
		for (size_t i = 0; i < CM_STORE_READERS; i++)
			if (!store->taken[i] && cm_readers_open(store, i)) {
				store->taken[i] = true;
				return store->readers[i];
			}
		cm_cond_wait(&store->reader_free, &store->lock_readers, CM_CLOCK_NEVER);
	}
}

void
cm_readers_give(struct cm_store *store, struct cm_db *db)
{
	CM_MUTEX_HOLD(&store->lock_readers);
	for (size_t i = 0; i < CM_STORE_READERS; i++)
		if (store->readers[i] == db)
			store->taken[i] = false;
	cm_cond_wake_one(&store->reader_free);
}
