/* SPDX-License-Identifier: EUPL-1.2 */
/* Every cap, in one place. In every process. Invariant: what a participant can make grow is bounded here,
 * and a test hits the bound. */
#pragma once

/* Media (conclave-media) */
#define LIMIT_PEERS 1024		/* a worker; 500 is the design size of a small server */
#define LIMIT_PEERS_PER_ROOM 128	/* design size 100 */
#define LIMIT_ROOMS 64
#define LIMIT_ECHOES 16			/* sound checks of a worker at one time … */
#define LIMIT_ECHO_SECONDS 30		/* … and how long one of them may last */
#define LIMIT_PATHS_PER_PEER 16
#define LIMIT_TCP 2048			/* ICE-TCP connections of a worker */
#define LIMIT_TCP_PER_PEER 4		/* paths over TCP; a browser has one for each pair of addresses */
#define LIMIT_TCP_BACKLOG (64 * 1024)	/* bytes that wait for one connection, beside what the kernel has */
#define LIMIT_SLOTS 64			/* m-lines of one offer that receive; 8 + 1 + 25 + 1 are used */
#define LIMIT_SSRCS_PER_SRTP 8		/* the stream list of libsrtp is linear: of 20, 4 % of the time (perf) */
#define LIMIT_STREAMS_PER_PEER 16	/* inbound SSRCs kept (ATTACKS B02) */
#define LIMIT_REPORTERS_PER_PEER 96	/* SSRCs that RTCP comes from: Firefox has one for each m-line that receives */
#define LIMIT_DATAGRAM 1500		/* a larger one is dropped (A20) */
#define LIMIT_HANDSHAKE_BYTES (256 * 1024)	/* DTLS, per peer (A05) */
#define LIMIT_HANDSHAKE_RETRIES 5	/* SSL objects replaced per 10 s (A03) */
#define LIMIT_HANDSHAKES_PER_TURN 32	/* DTLS datagrams read in one wake-up, so that media does not wait for joins */
#define LIMIT_HANDSHAKES_PER_PEER 8	/* of those, from one peer */
#define LIMIT_CACHE_BYTES (96 * 1024)	/* of sent packets, per participant */
#define LIMIT_POOL_PACKETS 16384	/* shared by a worker */
#define LIMIT_CACHE_PACKETS 256		/* of sent packets, per participant */
#define LIMIT_SOUNDS 16			/* sound packets kept to be sent again, per line: 320 ms of them */
#define LIMIT_SOUND_SIZE 256		/* … of at most so many bytes, encrypted; 32 kbit/s make 140 */
#define LIMIT_EGRESS 256		/* packets that wait for one drain, per participant */
#define LIMIT_MISSING 64		/* lost packets that are asked for again, per stream */
#define LIMIT_EARLY 32			/* packets kept that overtook the start of an awaited key frame, per stream */
#define LIMIT_NACK_TRIES 10		/* of us, for one packet */
#define LIMIT_RESENDS 10		/* of one packet to one receiver (B09) */
#define LIMIT_NACKS_READ 512		/* sequence numbers that one RTCP packet may ask for (B09) */
#define LIMIT_POOL_RESERVE 1024		/* packets that caches leave to those that arrive */
#define LIMIT_PLI_PER_SECOND 5		/* to one sender (B10) */
#define LIMIT_PLI_PER_RECEIVER 3	/* per 10 s, caused by one receiver at one sender (B10) */
#define LIMIT_AUDIO_PACKETS_PER_SECOND 200	/* of one stream; 20 ms of sound make 50 (B12) */
#define LIMIT_VIDEO_PACKETS_PER_SECOND 1500	/* of one stream; 4 Mbit/s make 450 (B12) */

/* Signalling (conclaved) */
#define LIMIT_MESSAGE (64 * 1024)	/* one WebSocket message (CONTRACT) */
#define LIMIT_OFFER 60000		/* an offer, JSON-encoded (ARCHITECTURE) */
#define LIMIT_OFFER_CANDIDATES 512	/* that an offer may list, though none is used (C19): 39 m-lines of ten each */
#define LIMIT_SEND_QUEUE (256 * 1024)	/* per connection (C09) */
#define LIMIT_MESSAGES_PER_SECOND 50	/* per connection (C16) */
#define LIMIT_MESSAGES_BURST 100
#define LIMIT_WORKERS 16
#define LIMIT_LAYOUTS_PER_SECOND 5	/* of one client, after a burst: each may move every line to another layer */
#define LIMIT_LAYOUTS_BURST 20
#define LIMIT_SOUND_CHECKS_PER_MINUTE 6	/* of one person, after a burst */
#define LIMIT_SOUND_CHECKS_BURST 3
#define LIMIT_DRAWN 16384		/* pixels of a side */
#define LIMIT_CONNECTIONS 2000
#define LIMIT_CONNECTIONS_PER_SOURCE 50	/* strangers, before they are a seat (C10) */
#define LIMIT_MEETINGS 64
#define LIMIT_PEOPLE_PER_MEETING 128
#define LIMIT_CONNECTIONS_PER_SEAT 4
#define LIMIT_REQUESTS 4		/* of a meeting, that wait for a second person */
#define LIMIT_FAULTS 16		/* of a meeting, that stand; a later one is an entry only */
#define LIMIT_KEY_LOG 64		/* commits of a group that are kept */
#define LIMIT_KEY_LOG_BYTES (128 * 1024)	/* … of the meeting's; all of it must fit a send queue */
#define LIMIT_CONVERSATION_LOG_BYTES (32 * 1024)	/* … of a conversation's */
#define LIMIT_KEY_PACKAGE 2048		/* letters of base64, as all of these */
#define LIMIT_KEY_COMMIT 24000		/* of 55 people, without parents: 3.4 kB before base64 */
#define LIMIT_KEY_WELCOME 40000		/* for ten of 55: 18.2 kB */
#define LIMIT_KEY_MESSAGE 12000
#define LIMIT_KEY_PENDING 100		/* packages of a group */
#define LIMIT_KEY_OFFER 16		/* commits that one person offers after a restart */
#define LIMIT_KEY_OFFER_BYTES 40000
#define LIMIT_KEY_BURST (128 * 1024)	/* that one person may have sent to a group at once … */
#define LIMIT_KEY_PER_SECOND (64 * 1024)	/* … and from then on */
#define LIMIT_CONVERSATIONS 64		/* of a meeting */
#define LIMIT_CONVERSATIONS_OF_ONE 8	/* that one person opened */
#define LIMIT_READERS 100		/* of a conversation, who opened it included */
#define LIMIT_ITEMS 64			/* of a meeting's agenda */
#define LIMIT_RECUSALS 1024		/* of a meeting */
#define LIMIT_RECUSALS_NOTED 64		/* of those, by an office, with their reason */
#define LIMIT_PEM (64 * 1024)		/* bytes of a certificate with its chain, or of a key */
#define LIMIT_POLICY 8192		/* bytes of the policy file */
#define LIMIT_REASON 200		/* characters (RIGHTS) */
#define LIMIT_NAME 120			/* characters of a name, title, body */
#define LIMIT_EMAIL 254			/* RFC 5321 */
#define LIMIT_JSON_DEPTH 16
#define LIMIT_REQUEST_BODY (16 * 1024)	/* of a POST */
#define LIMIT_ROSTER 32000		/* bytes of a body's roster */
#define LIMIT_ROSTER_BODY (48 * 1024)	/* of the one that brings a body's roster */
#define LIMIT_IMPORT_BODY (256 * 1024)	/* of the administration's list of users */
#define LIMIT_HEADERS 8192

/* Who is who (conclaved, conclave-helper) */
#define LIMIT_CLIENT_DATA 2048		/* bytes of WebAuthn's clientDataJSON; browsers write 100 to 400 */
#define LIMIT_ATTESTATION 4096		/* bytes of an attestation object or of authenticator data: id 1023, key 550 */
#define LIMIT_CBOR_DEPTH 4		/* of extensions; they nest once */
#define LIMIT_CBOR_ITEMS 64		/* of one map, at every depth together */
#define LIMIT_CHALLENGES_USED 4096	/* in the five minutes that one lives */
#define LIMIT_HASHING_WAITING 256	/* passwords that wait for a helper (D02) */
#define LIMIT_HELPERS 16
#define LIMIT_SECURITY_REFUSED 10000	/* refused sign-ins that the security log keeps: strangers make them */
#define LIMIT_SECURITY 50000		/* … and of everything else */
#define LIMIT_ACCOUNTS 2000		/* closed ones among them; one answer lists them all */
#define LIMIT_BODIES 200
#define LIMIT_ADMINISTRATORS 64
#define LIMIT_SESSIONS 64		/* of one holder: the oldest makes room */
#define LIMIT_IMPORT 400		/* people of one file: their links fit into one answer */
#define LIMIT_THROTTLE_KEYS 4096	/* accounts, and as many sources (D03) */

/* base/channel */
#define LIMIT_CHANNEL_MESSAGE (128 * 1024)
#define LIMIT_CHANNEL_QUEUE (4 * 1024 * 1024)
