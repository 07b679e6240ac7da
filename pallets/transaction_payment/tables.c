/* tables.c - descriptors of the pallet, from its .def. */
#include "transaction_payment/transaction_payment.h"
#define THIS transaction_payment
#define DEF "transaction_payment/transaction_payment.def"
#include "pallet/describe.inc"
