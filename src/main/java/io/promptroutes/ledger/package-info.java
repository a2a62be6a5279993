/** What was called, what came of it and what was spent, on disk before a call is made and before an answer goes on; budgets are kept here. */
package io.promptroutes.ledger;
