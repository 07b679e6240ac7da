/* game.h - one game: honest people and a coalition with a strategy, played twice from the same state, without the
 * strategy and with it, then wound down. Profit is the difference of what the coalition has in the end, less what
 * outsiders paid for work that it really did, less the least fees of its calls. Neither before fees nor after them may
 * there be one. */
#ifndef NALAR_TESTS_SIM_GAME_H
#define NALAR_TESTS_SIM_GAME_H

#include "market.h"

__extension__ typedef __int128 money; /* may be negative */

enum { MOST_MEMBERS = 160 };
struct game {
    uint32_t index;            /* of the games of this attack */
    int members[MOST_MEMBERS]; /* the coalition; TREASURY may be one */
    uint32_t member_count;
    u128 fees;        /* at least, of the coalition's calls in this run; winding down is free */
    money worked;     /* what others paid in this run for work done by the coalition, or to a twin beside it */
    money allowed;    /* base units that may fall to an attacker before its fees, see `bound` */
    u128 numbers[16]; /* what prepare hands to play */
};
extern struct game game;
void join_coalition(int who);

struct attack {
    const char *name;
    const char *bound; /* why it does not pay, for the table */
    void (*prepare)(void);
    void (*play)(bool attack);
    uint32_t share; /* of the games, in thousandths */
    bool by_chance; /* judged by the mean of all games: at most 4 standard errors above 0 */
    bool control;   /* no attack: it must gain */
};
extern const struct attack attacks[];
extern const uint32_t attack_count;

struct tally {
    uint32_t games, idle;   /* idle: the strategy made no call */
    money best, worst, sum; /* profit after fees */
    double squares;         /* of profits in NLR */
};
/* Plays one game; true when it is no profit. */
bool play_game(const struct attack *attack, uint64_t seed, uint32_t index, struct tally *tally);

/* Jobs of the rest of the world, so that an epoch's burned fees are not the coalition's alone. */
void background(void);
/* Fees of a settled job: what its client paid for work. 0 for others. */
u128 fees_of(uint64_t job);

#endif
