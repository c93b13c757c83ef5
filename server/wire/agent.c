/* SPDX-License-Identifier: EUPL-1.2 */
/* Browsers and systems by what they put into User-Agent. In conclaved.
 * Invariant: the first mark that is found decides: browsers name those before them that they want to be taken for. */
#include "server/wire/agent.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

const char *const agent_browsers[] = { "firefox", "edge", "opera", "samsung", "chrome", "safari", "other", NULL };
const char *const agent_systems[] = { "windows", "android", "ios", "macos", "chromeos", "linux", "other", NULL };

struct mark {
	const char *mark, *word;
};

static const struct mark browsers[] = {
	{ "Firefox/", "firefox" }, { "FxiOS/", "firefox" },
	{ "Edg/", "edge" }, { "EdgA/", "edge" }, { "EdgiOS/", "edge" },
	{ "OPR/", "opera" }, { "SamsungBrowser/", "samsung" },
	{ "Chrome/", "chrome" }, { "CriOS/", "chrome" }, { "Safari/", "safari" },
};

static const struct mark systems[] = {
	{ "Windows", "windows" }, { "Android", "android" }, { "iPhone", "ios" }, { "iPad", "ios" },
	{ "Mac OS X", "macos" }, { "CrOS", "chromeos" }, { "Linux", "linux" },
};

const char *agent_word(const char *const *words, const char *word)
{
	size_t i = 0;

	while (words[i + 1] && strcmp(words[i], word) != 0)
		i++;
	return words[i];
}

static const char *find(const struct mark *marks, size_t n, const char *header)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(header, marks[i].mark))
			return marks[i].word;
	return "other";
}

struct agent agent_read(const char *header)
{
	return (struct agent){
		.browser = agent_word(agent_browsers, find(browsers, ARRAY_SIZE(browsers), header)),
		.system = agent_word(agent_systems, find(systems, ARRAY_SIZE(systems), header)),
	};
}
