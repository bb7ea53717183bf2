// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** Key pairs with their JWK, signing by the JDK alone, so that the product is not tested against itself. */
record TestKeys(String kid, String alg, KeyPair pair, JsonObject jwk) {

    static TestKeys rsa(String kid) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return new TestKeys(
                kid,
                "RS256",
                pair,
                jwk(kid, "RSA", "RS256")
                        .put("n", unsigned(key.getModulus()))
                        .put("e", unsigned(key.getPublicExponent())));
    }

    static TestKeys ec(String kid) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return new TestKeys(
                kid,
                "ES256",
                pair,
                jwk(kid, "EC", "ES256")
                        .put("crv", "P-256")
                        .put("x", base64(fixed(key.getW().getAffineX(), 32)))
                        .put("y", base64(fixed(key.getW().getAffineY(), 32))));
    }

    static TestKeys ed25519(String kid) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        EdECPublicKey key = (EdECPublicKey) pair.getPublic();
        byte[] little = reversed(fixed(key.getPoint().getY(), 32));
        if (key.getPoint().isXOdd()) {
            little[31] |= (byte) 0x80;
        }
        return new TestKeys(
                kid,
                "EdDSA",
                pair,
                jwk(kid, "OKP", "EdDSA").put("crv", "Ed25519").put("x", base64(little)));
    }

    static JsonObject set(TestKeys... keys) {
        JsonArray array = new JsonArray();
        Arrays.stream(keys).forEach(key -> array.add(key.jwk()));
        return new JsonObject().put("keys", array);
    }

    String sign(JsonObject payload) throws GeneralSecurityException {
        String input =
                segment(new JsonObject().put("alg", alg).put("typ", "JWT").put("kid", kid)) + "." + segment(payload);
        Signature signature = Signature.getInstance(
                switch (alg) {
                    case "RS256" -> "SHA256withRSA";
                    case "ES256" -> "SHA256withECDSAinP1363Format";
                    default -> "Ed25519";
                });
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + base64(signature.sign());
    }

    static String segment(JsonObject json) {
        return base64(json.encode().getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static JsonObject jwk(String kid, String type, String alg) {
        return new JsonObject()
                .put("kty", type)
                .put("use", "sig")
                .put("kid", kid)
                .put("alg", alg);
    }

    private static String unsigned(BigInteger number) {
        return base64(fixed(number, (number.bitLength() + 7) / 8));
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[length];
        int copy = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copy, padded, length - copy, copy);
        return padded;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }
}
