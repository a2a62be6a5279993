/** Which model is called and what that costs: the list of models, prices, what a call may cost at most, the choice and the chain of fallbacks. */
package io.promptroutes.model;
