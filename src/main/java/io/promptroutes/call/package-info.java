/** One call of a model: its request, what came back, what a failure is, the wall clock and the dialects of services. */
package io.promptroutes.call;
