/**
 * What users of a cluster saw, checked against what one entity on its own would have answered: calls are recorded as a
 * {@link io.shardhold.testkit.history.History} and checked against a sequential
 * {@link io.shardhold.testkit.history.Model} of the entity.
 *
 * <p>The check is for linearizability: there must be one order of all calls of an entity that the model could have
 * answered like that, and in which no call comes before one that had ended when it started.
 */
package io.shardhold.testkit.history;
