/* SPDX-License-Identifier: EUPL-1.2 */
/* What --help prints. In conclavectl. Invariant: says what is there, and nothing that is not there yet. */
#include "server/ctl/options.h"

#define COMMON \
	"  --json           one JSON document instead of text\n" \
	"  --config FILE    the configuration of the server\n" \
	"  --help           this\n"

static const char *const helps[CTL_N + 1] = {
	[CTL_MEETING_CREATE] =
		"conclavectl meeting create --title TITLE --starts TIME PEOPLE…\n"
		"Plans a meeting and prints its id. Links are made afterwards, with `conclavectl invite`.\n"
		"  --title TITLE    what the meeting is called\n"
		"  --starts TIME    date, time and zone, such as 2026-12-01T19:30:00+01:00\n"
		"  --body NAME      the council or committee that meets; its own members, when nobody else is named\n"
		"  --clerk PERSON   one at most; a meeting needs a clerk or a chair, who can open it\n"
		"  --chair PERSON   one at most\n"
		"  --member PERSON  as often as there are members\n"
		"  --substitute EMAIL  the member who takes the chair should its connection be lost\n"
		"  --guest PERSON   as often as there are guests\n"
		"  --links everyone a link alone makes a seat, for members too\n"
		"  --item ITEM      as often as the agenda has items, in order: 'TITLE;closed', or 'TITLE;open' when "
		"an audience may\n"
		"                   come; behind it ';guest=EMAIL' for each guest who is there for this item alone\n"
		"  --language L     nl (unless said otherwise), fr, de or en\n"
		"PERSON is 'Name <email>', or an e-mail address alone.\n"
		COMMON,
	[CTL_MEETING_LIST] =
		"conclavectl meeting list\n"
		"Lists the meetings, latest first.\n"
		COMMON,
	[CTL_MEETING_SHOW] =
		"conclavectl meeting show ID\n"
		"Shows a meeting, who is invited, and where each of them is now.\n"
		COMMON,
	[CTL_MEETING_END] =
		"conclavectl meeting end ID --reason REASON\n"
		"Ends a meeting for everybody. The reason is shown to all and stands in the proceedings.\n"
		COMMON,
	[CTL_INVITE] =
		"conclavectl invite ID EMAIL\n"
		"Makes a personal link for somebody who is invited to the meeting, and prints it.\n"
		"An older link that nobody has used stops working. The link stands in the proceedings as made.\n"
		COMMON,
	[CTL_DEMO] =
		"conclavectl demo\n"
		"Makes a demonstration meeting that can be opened now, and prints a link for each of its people.\n"
		COMMON,
	[CTL_DOCTOR] =
		"conclavectl doctor [--media | --only CHECK] [--language nl|en]\n"
		"Checks what the server needs, and says for each thing that is not in order how to mend it.\n"
		"Checks: reachable, port, media, sound, helper, cipher, sandbox, certificate, chain, key, served, "
		"protocol,\n"
		"headers, policy, names, database, proceedings, epoch, retention, backup, state, disk, inodes, clock, "
		"zones,\n"
		"versions, age, openssl, limits, buffers, memory, swap, seccomp, landlock, segments, provider, "
		"secret,\n"
		"redirect, skew.\n"
		"Ends with 1 when something is broken. The last four are about the provider of sign-ins, where one is\n"
		"configured: what conclave-fetch saw of it; doctor itself calls no other machine.\n"
		"  --media          also `sound`: sends a made-up voice through the UDP port of each media process, and "
		"judges\n"
		"                   what comes back; takes four seconds for each, and no meeting notices\n"
		"  --only CHECK     that one alone\n"
		"  --language LANG  Dutch or English; without it what LC_ALL, LC_MESSAGES or LANG says\n"
		COMMON,
	[CTL_LOG_EXPORT] =
		"conclavectl log export ID [--output FILE]\n"
		"Writes the proceedings of a meeting with their proof: every entry as it was hashed, the names and "
		"titles that\n"
		"stand beside them, and the checkpoints that the server signed. Keep the file as it is, byte for "
		"byte.\n"
		"  --output FILE    there instead of standard output; the file must not exist yet\n"
		COMMON,
	[CTL_LOG_VERIFY] =
		"conclavectl log verify FILE [--server ID] [--checkpoint NOTE]... [--output PROOF]\n"
		"Checks exported proceedings, without a server: whether they are whole and are what was signed, and "
		"which\n"
		"entry is the first that is not. Ends with 1 when something was altered.\n"
		"Whether nothing is missing at the end only a checkpoint can tell that somebody else has kept.\n"
		"  --server ID        of the server whose proceedings these must be, as a report names it; without it "
		"any\n"
		"                     server's are taken\n"
		"  --checkpoint NOTE  a file with such a checkpoint; as often as there are\n"
		"  --output PROOF     when the two contradict each other: both signatures of the server, in a file "
		"that\n"
		"                     proves it alone; `log verify PROOF` confirms it\n"
		COMMON,
	[CTL_BODY_ADD] =
		"conclavectl body add NAME\n"
		"A council or committee; prints its id.\n"
		COMMON,
	[CTL_BODY_LIST] =
		"conclavectl body list\n"
		"Lists the bodies; with --json also who is in them.\n"
		COMMON,
	[CTL_USER_ADD] =
		"conclavectl user add NAME --email EMAIL [--body BODY --office OFFICE [--party PARTY]]\n"
		"An account; prints a one-time link, good for 7 days, by which that person enrols a passkey or a "
		"password.\n"
		"For an address that has an account already it only gives the office in that body.\n"
		"  --email EMAIL    by which the account is known\n"
		"  --body BODY      its name or its id\n"
		"  --office OFFICE  chair, clerk or member; a body has one chair and one clerk\n"
		"  --party PARTY    the political group\n"
		COMMON,
	[CTL_USER_LIST] =
		"conclavectl user list\n"
		"Lists the accounts: invited (not enrolled yet), enrolled or closed.\n"
		COMMON,
	[CTL_USER_CLOSE] =
		"conclavectl user close EMAIL\n"
		"Closes an account at once: its sessions end, and whoever sits in a meeting by it is out.\n"
		COMMON,
	[CTL_USER_RESET] =
		"conclavectl user reset EMAIL\n"
		"Takes every passkey, password and code of an account away, and prints a new enrolment link. The "
		"person is\n"
		"told at the next sign-in.\n"
		COMMON,
	[CTL_USER_IMPORT] =
		"conclavectl user import FILE\n"
		"Accounts from lines of name,email,body,office,party (commas or semicolons; at most 400): all of "
		"them, or\n"
		"none, and then each wrong line is named. Prints the enrolment links.\n"
		COMMON,
	[CTL_ADMIN_ADD] =
		"conclavectl admin add EMAIL --level LEVEL\n"
		"An administrator; prints a one-time enrolment address, for a browser on this machine.\n"
		"  --level LEVEL    read (sees), operate (also adds users, ends meetings), configure (also "
		"administrators)\n"
		COMMON,
	[CTL_ADMIN_LIST] =
		"conclavectl admin list\n"
		"Lists the administrators.\n"
		COMMON,
	[CTL_ADMIN_CLOSE] =
		"conclavectl admin close EMAIL\n"
		"Closes an administrator's access at once.\n"
		COMMON,
	[CTL_WEB_KEY] =
		"conclavectl web key FILE\n"
		"Makes a release key: the private half in FILE, the public half in FILE.pub, which it also prints. "
		"Keep FILE off\n"
		"the server: who can change the client that it serves should not be able to sign it.\n"
		COMMON,
	[CTL_WEB_SIGN] =
		"conclavectl web sign DIR --key FILE\n"
		"Vouches for the built client in DIR: compares every file with manifest.json, and writes "
		"manifest.sig.\n"
		"  --key FILE       the release key\n"
		COMMON,
	[CTL_WEB_EXPORT] =
		"conclavectl web export DIR --server ORIGIN [--key FILE]\n"
		"The client for another web server than the one of the meetings: DIR/client with its files, and "
		"DIR/nginx.conf,\n"
		"DIR/apache.conf and DIR/_headers with the headers that must go with them. DIR must not exist yet. "
		"Name the web\n"
		"server in the meeting server's configuration: client_origins = https://client.example.org. Both must "
		"be of the\n"
		"same site, such as client.example.org and meeting.example.org, else browsers keep the cookies back.\n"
		"  --server ORIGIN  the meeting server, such as https://meeting.example.org\n"
		"  --key FILE       sign it, too\n"
		COMMON,
	[CTL_WEB_VERIFY] =
		"conclavectl web verify URL [--key PUBLIC] [--ca FILE]\n"
		"Fetches every file of the client that is served there and compares sizes, hashes and headers with "
		"its list, and\n"
		"names the first difference. Ends with 1 when there is one. It sees what is served to it at this "
		"moment.\n"
		"  --key PUBLIC     the public release key, or a file with it: then the list must be signed with it\n"
		"  --ca FILE        trust this certificate instead of the system's: of quickstart, STATE/tls/cert.pem\n"
		COMMON,
	[CTL_WORKER_LIST] =
		"conclavectl worker list\n"
		"Lists the media workers: their UDP ports, and how many meetings and people each of them carries.\n"
		COMMON,
	[CTL_WORKER_DRAIN] =
		"conclavectl worker drain NUMBER\n"
		"For maintenance without anybody noticing: this media worker gets no new meetings any more, as long "
		"as another\n"
		"one is there for them. Those that it has go on; when the last person is gone from it, the process "
		"ends and a\n"
		"fresh one takes its place. `conclavectl worker list` shows how far it is.\n"
		COMMON,
	[CTL_BACKUP] =
		"conclavectl backup FILE [--to CERTIFICATE]\n"
		"Copies records, keys, configuration, policy and certificate into one sealed file, while meetings "
		"run, and looks\n"
		"at the copy as the server would at its start. Only the holder of the key opens it.\n"
		"  --to CERTIFICATE  the .pub file that conclavectl backup-key made; without it a pair is made as "
		"FILE.key, and\n"
		"                   FILE.key must leave this server\n"
		"`openssl cms -decrypt -binary -inform DER -in FILE -inkey KEY -recip KEY -out copy.db` opens it, "
		"too: it is\n"
		"one SQLite database.\n"
		COMMON,
	[CTL_BACKUP_KEY] =
		"conclavectl backup-key FILE\n"
		"Makes the pair for backups: FILE opens them and belongs off the server, twice; FILE.pub seals them.\n"
		COMMON,
	[CTL_RESTORE] =
		"conclavectl restore FILE [--key KEY] [--into DIR | --rehearse]\n"
		"Puts a backup into an empty state folder: --into, or the one that CONCLAVE_STATE names. "
		"Configuration and\n"
		"certificate as they were are laid in its folder restored, for you to put in their places.\n"
		"  --key KEY        what opens it; FILE.key unless said otherwise\n"
		"  --rehearse       do all of it in a folder that is gone afterwards, and say whether it would work\n"
		COMMON,
	[CTL_RELOAD] =
		"conclavectl reload\n"
		"After a renewal: new connections are shown the certificate that now stands in its file; connections "
		"and meetings\n"
		"that stand go on. A pair that does not fit, has run out, or stands for another host is refused, and "
		"the one before\n"
		"stays. Other keys of the configuration are read at the start only.\n"
		COMMON,
	[CTL_N] =
		"conclavectl VERB …\n"
		"What an administrator does with a Conclave server. It has no way into a meeting.\n"
		"  meeting create   plan a meeting\n"
		"  meeting list     the meetings\n"
		"  meeting show     one meeting and its people\n"
		"  meeting end      end one, with a reason\n"
		"  invite           make somebody's personal link\n"
		"  body add, list   councils and committees\n"
		"  user add, list, close, reset, import  accounts of people\n"
		"  admin add, list, close  administrators\n"
		"  demo             make a demonstration meeting with its links\n"
		"  doctor           what is not in order, and how to mend it\n"
		"  log export       the proceedings of a meeting, with their proof\n"
		"  log verify       whether such a file was altered; needs no server\n"
		"  backup           all that a server needs, sealed, while it runs\n"
		"  backup-key       the pair for that\n"
		"  restore          a backup into an empty folder, or a rehearsal of it\n"
		"  reload           show the certificate that now stands in its file\n"
		"  web key, sign    vouch for a built client\n"
		"  web export       the client for another web server\n"
		"  web verify       whether a server serves the published client\n"
		"  worker list, drain  media workers, and maintenance of one\n"
		"`conclavectl VERB --help` says more. Each verb knows:\n"
		COMMON
		"Without --config the server is looked for in the folder that CONCLAVE_STATE names, else in ./var, "
		"else in\n"
		"/var/lib/conclave. It ends with 0 when done, 1 when refused or failed, 2 when it was not asked "
		"properly.\n",
};

const char *options_help(enum ctl_verb verb)
{
	return helps[verb];
}
