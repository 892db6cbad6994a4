/**
 * How a service tests itself: an account in two versions, one of which forgets its fence, and the test that tells them
 * apart. Read {@link io.shardhold.examples.account.AccountTest} first.
 */
@NullMarked
package io.shardhold.examples.account;

import org.jspecify.annotations.NullMarked;
