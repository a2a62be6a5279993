/** A prompt on its way: its context and calls, the gate that lets prompts in and calls out, and the statistics of a job. */
package io.promptroutes.flow;
