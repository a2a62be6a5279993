/** Which task a text asks for: its words, shape and signs, weighed by a lexicon. */
package io.promptroutes.task;
