/** The Batch API of the simulator: prompts that come together, and answers that come later, for less. */
package io.promptroutes.simulator.batch;
