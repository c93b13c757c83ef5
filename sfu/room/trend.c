/* SPDX-License-Identifier: EUPL-1.2 */
/* Least squares over at most twenty points, once a group of packets. In conclave-media. Invariant: see trend.h. */
#include "sfu/room/trend.h"

#include "base/mem.h"

/* draft-ietf-rmcat-gcc-02, 5.2: packets closer together are one group. */
#define TREND_BURST MSEC(5)
/* A step of a clock that is no delay. */
#define TREND_LEAP SECONDS(5)
#define TREND_LEAST_SAMPLES 6
#define TREND_SMOOTHING 0.85

/* 5.4: in ms; K_u and K_d, and what is too far out to be learned from */
#define TREND_THRESHOLD 12.5
#define TREND_THRESHOLD_LEAST TREND_THRESHOLD	/* the draft: 6; a key frame is a burst that is no over-use */
#define TREND_THRESHOLD_MOST 600.0
#define TREND_LEARN_UP 0.01
#define TREND_LEARN_DOWN 0.00018
#define TREND_OUTLIER 15.0
#define TREND_OVERUSE_TIME 10.0
#define TREND_STEP_MOST 100.0

void trend_init(struct trend *t)
{
	*t = (struct trend){ .threshold = TREND_THRESHOLD };
}

void trend_restart(struct trend *t)
{
	double threshold = t->threshold;

	trend_init(t);
	t->threshold = threshold;
}

/* Smoothed delay against time; how much it grew from the first sample to the last. */
static double trend_line(const struct trend *t)
{
	uint32_t n = MIN(t->n, (uint32_t)TREND_SAMPLES);
	double at = 0, delay = 0, up = 0, down = 0, first = t->samples[0].at, last = first;

	for (uint32_t i = 0; i < n; i++) {
		at += t->samples[i].at / n;
		delay += t->samples[i].delay / n;
		first = MIN(first, t->samples[i].at);
		last = MAX(last, t->samples[i].at);
	}
	for (uint32_t i = 0; i < n; i++) {
		up += (t->samples[i].at - at) * (t->samples[i].delay - delay);
		down += (t->samples[i].at - at) * (t->samples[i].at - at);
	}
	return down > 0 ? up / down * (last - first) : 0;
}

/* What is always so is not over-use: a line that jitters has a higher threshold. */
static void trend_learn(struct trend *t, double step)
{
	double size = t->grown < 0 ? -t->grown : t->grown;
	double rate = size < t->threshold ? TREND_LEARN_DOWN : TREND_LEARN_UP;

	if (size - t->threshold > TREND_OUTLIER)
		return;
	t->threshold += MIN(step, TREND_STEP_MOST) * rate * (size - t->threshold);
	t->threshold = MIN(MAX(t->threshold, TREND_THRESHOLD_LEAST), TREND_THRESHOLD_MOST);
}

static void trend_judge(struct trend *t, double step)
{
	double before = t->grown;

	t->grown = trend_line(t);
	if (t->grown > t->threshold) {
		t->rising_for += step;
		/* One that already bends down mends itself. */
		if (t->rising_for > TREND_OVERUSE_TIME && t->grown >= before)
			t->way = TREND_RISING;
	} else {
		t->rising_for = 0;
		t->way = t->grown < -t->threshold ? TREND_FALLING : TREND_EVEN;
	}
	trend_learn(t, step);
}

static void trend_step(struct trend *t)
{
	double came = (double)(t->group.came_last - t->before.came_last) / 1e3;
	double sent = (double)(t->group.sent_last - t->before.sent_last) / 1e3;

	t->delay += came - sent;
	t->smooth = t->n ? TREND_SMOOTHING * t->smooth + (1 - TREND_SMOOTHING) * t->delay : t->delay;
	t->samples[t->n % TREND_SAMPLES].at = (double)t->group.came_last / 1e3;
	t->samples[t->n % TREND_SAMPLES].delay = t->smooth;
	t->n++;
	if (t->n >= TREND_LEAST_SAMPLES)
		trend_judge(t, came);
}

void trend_take(struct trend *t, usec_t sent, int64_t came)
{
	int64_t leap = t->groups ? came - t->group.came_last : 0;

	if (leap > (int64_t)TREND_LEAP || leap < -(int64_t)TREND_LEAP)
		trend_restart(t);
	if (t->groups && sent < t->group.sent_first)
		return;		/* overtaken: of a group that is done */
	if (t->groups && sent - t->group.sent_first < TREND_BURST) {
		t->group.sent_last = MAX(t->group.sent_last, sent);
		t->group.came_last = MAX(t->group.came_last, came);
		return;
	}
	if (t->groups == 2)
		trend_step(t);
	t->before = t->group;
	t->group = (struct trend_group){ .sent_first = sent, .sent_last = sent, .came_last = came };
	t->groups = MIN(t->groups + 1, 2u);
}
