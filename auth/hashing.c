/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs wait in order, go to the first helper that is free, and end in order. In conclaved.
 * Invariant: a job is in exactly one place: waiting, with one helper, or among those that ended. */
#include "auth/hashing.h"

#include <assert.h>
#include <errno.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/mem.h"

struct hashing_job {
	struct list in_list;		/* of those that wait or ended */
	enum password_job job;
	uint32_t number;
	bool cancelled;			/* with a helper that cannot be stopped: its answer is dropped */
	enum password_result result;
	size_t password_size;
	size_t stored_size;
	uint8_t password[PASSWORD_BYTES];
	uint8_t stored[PASSWORD_STORED];	/* what to compare with, and later what came of it */
};

struct hashing_helper {
	/* owned */
	struct hashing_job *job;

	/* state */
	bool up;
	bool late;			/* it did not answer in time */
	bool told;			/* the caller knows that it is late */
	usec_t deadline;		/* of its job */
};

struct hashing {
	/* owned */
	struct list waiting;
	struct list ended;
	struct hashing_helper helpers[LIMIT_HELPERS];

	/* state */
	unsigned n;
	unsigned waits;			/* the length of `waiting` */
	uint32_t last;			/* number that was given */
	uint8_t frame[PASSWORD_FRAME];	/* what the last poll gave out; wiped by the next call */
	size_t frame_size;
};

unsigned hashing_helpers(unsigned cores)
{
	return cores < 2 ? 1 : MIN(cores - 1, (unsigned)LIMIT_HELPERS);
}

static void job_free(struct hashing_job *j)
{
	if (!j)
		return;
	mem_wipe(j->password, sizeof(j->password));
	mem_free(j);
}

static void forget_frame(struct hashing *h)
{
	mem_wipe(h->frame, h->frame_size);
	h->frame_size = 0;
}

int hashing_new(struct hashing **ret, unsigned helpers)
{
	struct hashing *h;

	if (helpers == 0 || helpers > LIMIT_HELPERS)
		return -EINVAL;
	h = mem_new(struct hashing);
	if (!h)
		return -ENOMEM;
	list_init(&h->waiting);
	list_init(&h->ended);
	h->n = helpers;
	*ret = h;
	return 0;
}

static void free_all(struct list *l)
{
	while (!list_empty(l)) {
		struct hashing_job *j = list_first(l, struct hashing_job, in_list);

		list_remove(&j->in_list);
		job_free(j);
	}
}

struct hashing *hashing_free(struct hashing *h)
{
	if (!h)
		return NULL;
	free_all(&h->waiting);
	free_all(&h->ended);
	for (unsigned i = 0; i < h->n; i++)
		job_free(h->helpers[i].job);
	forget_frame(h);
	mem_free(h);
	return NULL;
}

static bool is_any_up(const struct hashing *h)
{
	for (unsigned i = 0; i < h->n; i++)
		if (h->helpers[i].up)
			return true;
	return false;
}

static void job_end(struct hashing *h, struct hashing_job *j, enum password_result result)
{
	mem_wipe(j->password, sizeof(j->password));
	j->result = result;
	if (j->cancelled)
		job_free(j);
	else
		list_push_back(&h->ended, &j->in_list);
}

void hashing_up(struct hashing *h, unsigned helper)
{
	assert(helper < h->n && !h->helpers[helper].up);
	forget_frame(h);
	h->helpers[helper] = (struct hashing_helper){ .up = true };
}

void hashing_down(struct hashing *h, unsigned helper)
{
	struct hashing_job *j;

	assert(helper < h->n);
	forget_frame(h);
	j = h->helpers[helper].job;
	h->helpers[helper] = (struct hashing_helper){ 0 };
	if (j)
		job_end(h, j, PASSWORD_FAILED);
	while (!is_any_up(h) && !list_empty(&h->waiting)) {
		j = list_first(&h->waiting, struct hashing_job, in_list);
		list_remove(&j->in_list);
		h->waits--;
		job_end(h, j, PASSWORD_FAILED);
	}
}

static enum hashing_take enqueue(struct hashing *h, enum password_job job, struct bytes password, struct bytes stored,
	uint32_t *ret)
{
	struct hashing_job *j;

	forget_frame(h);
	if (password.size == 0 || password.size > PASSWORD_BYTES || stored.size > PASSWORD_STORED)
		return HASHING_TOO_LONG;
	if (!is_any_up(h))
		return HASHING_DOWN;
	if (h->waits >= LIMIT_HASHING_WAITING)
		return HASHING_BUSY;
	j = mem_new(struct hashing_job);
	if (!j)
		return HASHING_NO_MEMORY;
	if (++h->last == 0)
		h->last = 1;
	j->number = h->last;
	j->job = job;
	j->password_size = password.size;
	memcpy(j->password, password.data, password.size);
	j->stored_size = stored.size;
	if (stored.size)
		memcpy(j->stored, stored.data, stored.size);
	list_push_back(&h->waiting, &j->in_list);
	h->waits++;
	*ret = j->number;
	return HASHING_TAKEN;
}

enum hashing_take hashing_hash(struct hashing *h, struct bytes password, uint32_t *ret)
{
	return enqueue(h, PASSWORD_HASH, password, bytes_make(NULL, 0), ret);
}

enum hashing_take hashing_check(struct hashing *h, struct bytes password, struct bytes stored, uint32_t *ret)
{
	if (stored.size == 0)
		return HASHING_TOO_LONG;
	return enqueue(h, PASSWORD_CHECK, password, stored, ret);
}

static struct hashing_job *find_in(struct list *l, uint32_t number)
{
	struct hashing_job *j;

	list_for_each(j, l, in_list)
		if (j->number == number)
			return j;
	return NULL;
}

void hashing_cancel(struct hashing *h, uint32_t number)
{
	struct hashing_job *j = find_in(&h->waiting, number);

	forget_frame(h);
	if (j)
		h->waits--;
	else
		j = find_in(&h->ended, number);
	if (j) {
		list_remove(&j->in_list);
		job_free(j);
	}
	for (unsigned i = 0; i < h->n; i++)
		if (h->helpers[i].job && h->helpers[i].job->number == number)
			h->helpers[i].job->cancelled = true;
}

static bool is_answer_to(const struct hashing_job *j, const struct password_answer *a)
{
	switch (a->result) {
	case PASSWORD_HASHED:
		return j->job == PASSWORD_HASH;
	case PASSWORD_RIGHT:
	case PASSWORD_RIGHT_STALE:
	case PASSWORD_WRONG:
	case PASSWORD_UNREADABLE:
		return j->job == PASSWORD_CHECK;
	case PASSWORD_FAILED:
		return true;
	}
	return false;
}

bool hashing_receive(struct hashing *h, unsigned helper, struct bytes frame)
{
	struct password_answer answer;
	struct hashing_job *j;

	assert(helper < h->n);
	forget_frame(h);
	j = h->helpers[helper].job;
	if (!j || h->helpers[helper].late || !password_answer_read(frame, &answer) || answer.number != j->number ||
	    !is_answer_to(j, &answer))
		return false;
	j->stored_size = answer.stored.size;
	if (answer.stored.size)
		memcpy(j->stored, answer.stored.data, answer.stored.size);
	h->helpers[helper].job = NULL;
	job_end(h, j, answer.result);
	return true;
}

void hashing_timeout(struct hashing *h, usec_t now)
{
	forget_frame(h);
	for (unsigned i = 0; i < h->n; i++)
		if (h->helpers[i].job && now >= h->helpers[i].deadline)
			h->helpers[i].late = true;
}

usec_t hashing_deadline(const struct hashing *h)
{
	usec_t next = USEC_NEVER;

	for (unsigned i = 0; i < h->n; i++)
		if (h->helpers[i].job && !h->helpers[i].late)
			next = MIN(next, h->helpers[i].deadline);
	return next;
}

static void give_end(struct hashing *h, struct hashing_out *ret)
{
	struct hashing_job *j = list_first(&h->ended, struct hashing_job, in_list);

	list_remove(&j->in_list);
	*ret = (struct hashing_out){ .kind = HASHING_DONE, .number = j->number, .result = j->result };
	if (j->result == PASSWORD_HASHED) {
		memcpy(h->frame, j->stored, j->stored_size);
		h->frame_size = j->stored_size;
		ret->stored = bytes_make(h->frame, h->frame_size);
	}
	job_free(j);
}

static void give_job(struct hashing *h, unsigned helper, usec_t now, struct hashing_out *ret)
{
	struct hashing_job *j = list_first(&h->waiting, struct hashing_job, in_list);
	const struct password_request request = {
		.job = j->job, .number = j->number, .password = bytes_make(j->password, j->password_size),
		.stored = bytes_make(j->stored, j->stored_size),
	};
	struct writer w = writer(h->frame, sizeof(h->frame));

	list_remove(&j->in_list);
	h->waits--;
	h->helpers[helper].job = j;
	h->helpers[helper].deadline = now + HASHING_PATIENCE;
	if (!password_request_write(&w, &request))
		assert(false);		/* enqueue() took nothing that does not fit */
	mem_wipe(j->password, sizeof(j->password));
	h->frame_size = written(&w).size;
	*ret = (struct hashing_out){
		.kind = HASHING_SEND, .helper = helper, .number = j->number, .frame = written(&w),
	};
}

bool hashing_poll(struct hashing *h, usec_t now, struct hashing_out *ret)
{
	forget_frame(h);
	if (!list_empty(&h->ended)) {
		give_end(h, ret);
		return true;
	}
	for (unsigned i = 0; i < h->n; i++) {
		struct hashing_helper *helper = &h->helpers[i];

		if (helper->late && !helper->told) {
			helper->told = true;
			*ret = (struct hashing_out){ .kind = HASHING_END, .helper = i };
			return true;
		}
		if (helper->up && !helper->job && !list_empty(&h->waiting)) {
			give_job(h, i, now, ret);
			return true;
		}
	}
	return false;
}

unsigned hashing_waiting(const struct hashing *h)
{
	return h->waits;
}
