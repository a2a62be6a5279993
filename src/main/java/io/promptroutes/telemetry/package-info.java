/** Meters, spans and log fields of prompts and calls. */
package io.promptroutes.telemetry;
