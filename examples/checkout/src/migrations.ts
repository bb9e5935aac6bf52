/** The schema's steps in order; one that was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('customer', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
  );

  CREATE TABLE payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users,
    request_key text,
    amount integer NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    payment_method text NOT NULL,
    description text NOT NULL,
    is_captured_at_once boolean NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    amount_captured integer NOT NULL DEFAULT 0,
    amount_refunded integer NOT NULL DEFAULT 0 CHECK (amount_refunded <= amount_captured),
    decline_code text,
    stripe_payment_intent text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, request_key)
  );

  CREATE INDEX payments_by_user ON payments (user_id, created_at DESC);

  CREATE TABLE webhook_events (
    id text PRIMARY KEY,
    type text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
  );
  `,
]
