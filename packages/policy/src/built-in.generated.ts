// Made from otel-collector/policy.yaml by packages/policy/generate.ts.
import type { PolicyMembers } from './merge.ts'

/** The members of the built-in policy, with its profiles. */
export const BUILT_IN: PolicyMembers = {
  "version": 1,
  "profile": "default",
  "classes": {
    "audit": {
      "description": "Who did what to what, with whose permission; changes of settings and of money by hand.",
      "keep": "all",
      "durable": true,
      "immutable": true,
      "searchableDays": 2555,
      "archiveDays": 2555,
      "queueBytes": 1073741824
    },
    "security": {
      "description": "Logins and their failures, denied access, attacks, incidents.",
      "keep": "all",
      "durable": true,
      "searchableDays": 90,
      "archiveDays": 2555,
      "queueBytes": 1073741824
    },
    "payment": {
      "description": "Attempts, completions, refunds, disputes, payouts, subscriptions, fraud decisions.",
      "keep": "all",
      "durable": true,
      "searchableDays": 60,
      "archiveDays": 2555,
      "queueBytes": 2147483648
    },
    "performance": {
      "description": "Slow requests and queries, pools, queues, jobs, external services.",
      "keep": "warn-and-above",
      "durable": false,
      "searchableDays": 14,
      "archiveDays": 0,
      "queueBytes": 536870912
    },
    "application": {
      "description": "Everything else that a service logs, and what has no class or an unknown one.",
      "keep": "warn-and-above",
      "durable": false,
      "searchableDays": 30,
      "archiveDays": 0,
      "queueBytes": 1073741824
    }
  },
  "sampling": {
    "rate": 1,
    "decidedBy": "collector",
    "adaptive": false,
    "slowMillis": 2000,
    "waitMillis": 30000,
    "maxTraces": 50000,
    "traceBytes": 20480
  },
  "tiers": {
    "hotDays": 7,
    "warmDays": 30,
    "coldDays": 365
  },
  "targets": {
    "backend": "otlp",
    "archive": "files",
    "transport": "otlp"
  },
  "redaction": {
    "unmaskedLinks": "drop"
  },
  "limits": {
    "memoryBytes": 2147483648,
    "diskBytes": 21474836480,
    "diskAlertShare": 0.8,
    "tracesQueueBytes": 1073741824,
    "metricsQueueBytes": 268435456
  },
  "metrics": {
    "log.errors": {
      "description": "Records of severity ERROR and above.",
      "unit": "{record}",
      "severity": "error",
      "by": [
        "plutus.data.class"
      ]
    },
    "payment.attempts": {
      "description": "Payments that were begun.",
      "unit": "{payment}",
      "events": [
        "payment.attempt"
      ],
      "by": [
        "payment.currency",
        "payment.method"
      ]
    },
    "payment.completions": {
      "description": "Payments that came to an end, or wait for their payer.",
      "unit": "{payment}",
      "events": [
        "payment.completion"
      ],
      "by": [
        "payment.status",
        "payment.currency",
        "payment.method"
      ]
    },
    "payment.processing.duration": {
      "description": "Time from the attempt of a payment to its end.",
      "unit": "s",
      "events": [
        "payment.completion"
      ],
      "value": "payment.duration",
      "buckets": [
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
        30,
        60,
        300
      ],
      "by": [
        "payment.status",
        "payment.method"
      ]
    },
    "fraud.decisions": {
      "description": "Decisions of fraud detection.",
      "unit": "{decision}",
      "events": [
        "fraud.detection"
      ],
      "by": [
        "fraud.action"
      ]
    },
    "auth.failures": {
      "description": "Logins and second factors that failed.",
      "unit": "{attempt}",
      "events": [
        "auth.login.failure",
        "auth.mfa.failure"
      ],
      "by": []
    },
    "security.incidents": {
      "description": "Incidents that were declared.",
      "unit": "{incident}",
      "events": [
        "security.incident"
      ],
      "by": [
        "incident.type",
        "incident.severity"
      ]
    }
  },
  "alerts": {
    "errors": {
      "description": "Many records of severity ERROR and above.",
      "metric": "log.errors",
      "reaches": 100,
      "withinSeconds": 60,
      "severity": "warning"
    },
    "payment_failures": {
      "description": "Many payments fail.",
      "metric": "payment.completions",
      "where": {
        "payment.status": [
          "failed"
        ]
      },
      "reaches": 50,
      "withinSeconds": 60,
      "severity": "critical"
    },
    "fraud_blocks": {
      "description": "Many payments are blocked as fraud.",
      "metric": "fraud.decisions",
      "where": {
        "fraud.action": [
          "block"
        ]
      },
      "reaches": 10,
      "withinSeconds": 60,
      "severity": "warning"
    },
    "auth_failures": {
      "description": "Many logins fail.",
      "metric": "auth.failures",
      "reaches": 20,
      "withinSeconds": 60,
      "severity": "warning"
    },
    "incidents": {
      "description": "An incident was declared.",
      "metric": "security.incidents",
      "reaches": 1,
      "withinSeconds": 60,
      "severity": "critical"
    }
  },
  "profiles": {
    "pci": {
      "classes": {
        "audit": {
          "searchableDays": 90,
          "archiveDays": 365
        },
        "security": {
          "searchableDays": 90,
          "archiveDays": 365
        },
        "payment": {
          "searchableDays": 90,
          "archiveDays": 365
        },
        "performance": {
          "searchableDays": 90,
          "archiveDays": 365
        },
        "application": {
          "searchableDays": 90,
          "archiveDays": 365
        }
      }
    }
  }
}
