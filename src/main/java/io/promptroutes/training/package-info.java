/** Learns the weights of a lexicon from labelled examples, for {@code detect --learn}. */
package io.promptroutes.training;
