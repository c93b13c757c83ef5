/* SPDX-License-Identifier: EUPL-1.2 */
/* The choice goes by how many pictures share the screen; a receiver's bandwidth has no say yet. In conclave-media.
 * Invariant: see layer.h. */
#include "sfu/room/layer.h"

/* Up to a grid of 2 × 2 each tile shows the highest layer about whole; up to 3 × 3 the middle one. */
#define LAYER_FEW_CAMERAS 4
#define LAYER_SOME_CAMERAS 9

int layer_choose(unsigned layers, unsigned cameras, unsigned alive)
{
	int wish = 0;

	if (cameras <= LAYER_FEW_CAMERAS)
		wish = (int)layers - 1;
	else if (cameras <= LAYER_SOME_CAMERAS)
		wish = (int)layers / 2;
	for (int layer = wish; layer >= 0; layer--)
		if (alive & 1u << layer)
			return layer;
	for (int layer = wish + 1; layer < (int)layers; layer++)
		if (alive & 1u << layer)
			return layer;
	return LAYER_NONE;
}
