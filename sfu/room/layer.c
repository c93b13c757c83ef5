/* SPDX-License-Identifier: EUPL-1.2 */
/* The server sees no picture, so it goes by what the client asks of cameras, 960 × 540 (web/src/media/devices.ts, which
 * a test holds to the same figures). In conclave-media.
 * Invariant: see layer.h. */
#include "sfu/room/layer.h"

/* Up to a grid of 2 × 2 each tile shows the highest layer about whole; up to 3 × 3 the middle one. */
#define LAYER_FEW_CAMERAS 4
#define LAYER_SOME_CAMERAS 9
#define LAYER_FULL_PIXELS (960u * 540u)
/* A picture may be stretched to so many times its pixels, in eighths: a quarter in width and height. */
#define LAYER_STRETCH 12u

int layer_of_size(unsigned layers, uint32_t width, uint32_t height)
{
	for (unsigned layer = 0; layer + 1 < layers; layer++) {
		uint64_t pixels = LAYER_FULL_PIXELS >> 2 * (layers - 1 - layer);

		if ((uint64_t)width * height <= pixels * LAYER_STRETCH / 8)
			return (int)layer;
	}
	return (int)layers - 1;
}

int layer_of_crowd(unsigned layers, unsigned cameras)
{
	if (cameras <= LAYER_FEW_CAMERAS)
		return (int)layers - 1;
	return cameras <= LAYER_SOME_CAMERAS ? (int)layers / 2 : 0;
}

int layer_alive(int layer, unsigned layers, unsigned alive)
{
	for (int i = layer; i >= 0; i--)
		if (alive & 1u << i)
			return i;
	for (int i = layer + 1; i < (int)layers; i++)
		if (alive & 1u << i)
			return i;
	return LAYER_NONE;
}
