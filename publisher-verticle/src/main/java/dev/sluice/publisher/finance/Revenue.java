// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Optional;

/**
 * Money that came in.
 *
 * @param amount positive, with exactly as many decimals as the currency has
 * @param currency of ISO 4217
 * @param customer who paid, 1 to {@value #MAX_CUSTOMER_LENGTH} characters, or empty
 */
record Revenue(BigDecimal amount, Currency currency, Optional<String> customer) {

    static final int MAX_CUSTOMER_LENGTH = 200;

    /** The most digits before the decimal point. */
    static final int MAX_WHOLE_DIGITS = 15;

    /**
     * A revenue that is in order.
     *
     * @throws InvalidFieldException naming the field that is not
     */
    static Revenue of(BigDecimal amount, String currencyCode, Optional<String> customer) {
        Currency currency = currency(currencyCode);
        checkCustomer(customer);
        return new Revenue(scaled(amount, currency), currency, customer);
    }

    private static Currency currency(String code) {
        try {
            Currency currency = Currency.getInstance(code);
            if (currency.getDefaultFractionDigits() >= 0) {
                return currency;
            }
        } catch (IllegalArgumentException e) {
            throw noCurrency();
        }
        throw noCurrency(); // XXX, XTS, gold: they have a code, but nobody is paid in them
    }

    private static InvalidFieldException noCurrency() {
        return new InvalidFieldException("currency", "must be a currency code of ISO 4217, for example \"EUR\"");
    }

    /** Sizes first: a number such as 1e999999999 is short to write and has a gigabyte of digits. */
    private static BigDecimal scaled(BigDecimal amount, Currency currency) {
        if (amount.signum() <= 0) {
            throw new InvalidFieldException("amount", "must be greater than 0");
        }
        if ((long) amount.precision() - amount.scale() > MAX_WHOLE_DIGITS) {
            throw new InvalidFieldException(
                    "amount", "must have at most " + MAX_WHOLE_DIGITS + " digits before the decimal point");
        }
        int decimals = currency.getDefaultFractionDigits();
        if (amount.stripTrailingZeros().scale() > decimals) {
            throw new InvalidFieldException(
                    "amount", "must have at most " + decimals + " decimals, as " + currency.getCurrencyCode() + " has");
        }
        return amount.setScale(decimals);
    }

    private static void checkCustomer(Optional<String> customer) {
        customer.ifPresent(name -> {
            if (name.isBlank() || name.length() > MAX_CUSTOMER_LENGTH) {
                throw new InvalidFieldException("customer", "must have 1 to " + MAX_CUSTOMER_LENGTH + " characters");
            }
            if (name.codePoints()
                    .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
                throw new InvalidFieldException(
                        "customer", "must have no control characters and no half of a character");
            }
        });
    }
}
