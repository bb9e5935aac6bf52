// Made by generate.ts from the packages of every supported major; not to be edited.

/** Operations of Stripe's library: resource, path, then each method with the letter of its HTTP method and its path. */
export const OPERATIONS = `
account_links /v1/account_links create:P
account_sessions /v1/account_sessions create:P
accounts /v1 create:P/accounts create_external_account:P/accounts/{}/external_accounts create_login_link:P/accounts/{}/login_links create_person:P/accounts/{}/persons del:D/accounts/{} delete_external_account:D/accounts/{}/external_accounts/{} delete_person:D/accounts/{}/persons/{} list:G/accounts list_capabilities:G/accounts/{}/capabilities list_external_accounts:G/accounts/{}/external_accounts list_persons:G/accounts/{}/persons reject:P/accounts/{}/reject retrieve:G/account retrieve:G/accounts/{} retrieve_capability:G/accounts/{}/capabilities/{} retrieve_external_account:G/accounts/{}/external_accounts/{} retrieve_person:G/accounts/{}/persons/{} unreject:P/accounts/{}/unreject update:P/accounts/{} update_capability:P/accounts/{}/capabilities/{} update_external_account:P/accounts/{}/external_accounts/{} update_person:P/accounts/{}/persons/{}
apple_pay_domains /v1/apple_pay/domains create:P del:D/{} list:G retrieve:G/{}
application_fees /v1/application_fees create_refund:P/{}/refunds list:G list_refunds:G/{}/refunds retrieve:G/{} retrieve_refund:G/{}/refunds/{} update_refund:P/{}/refunds/{}
apps.installs /v1/apps/installs create:P list:G retrieve:G/{} uninstall:P/{}/uninstall update:P/{}
apps.secrets /v1/apps/secrets create:P delete_where:P/delete find:G/find list:G
balance /v1/balance retrieve:G
balance_settings /v1/balance_settings retrieve:G update:P
balance_transactions /v1/balance_transactions list:G retrieve:G/{}
billing.alerts /v1/billing/alerts activate:P/{}/activate archive:P/{}/archive create:P deactivate:P/{}/deactivate list:G retrieve:G/{}
billing.credit_balance_summaries /v1/billing/credit_balance_summary retrieve:G
billing.credit_balance_transactions /v1/billing/credit_balance_transactions list:G retrieve:G/{}
billing.credit_grants /v1/billing/credit_grants create:P expire:P/{}/expire list:G retrieve:G/{} update:P/{} void_grant:P/{}/void
billing.feedback_options /v1/billing/feedback_options create:P deactivate:P/{}/deactivate list:G retrieve:G/{} update:P/{}
billing.meter_event_adjustments /v1/billing/meter_event_adjustments create:P
billing.meter_events /v1/billing/meter_events create:P
billing.meters /v1/billing/meters create:P deactivate:P/{}/deactivate list:G list_event_summaries:G/{}/event_summaries reactivate:P/{}/reactivate retrieve:G/{} update:P/{}
billing_portal.configurations /v1/billing_portal/configurations create:P list:G retrieve:G/{} update:P/{}
billing_portal.sessions /v1/billing_portal/sessions create:P
charges /v1/charges capture:P/{}/capture create:P list:G retrieve:G/{} search:G/search update:P/{}
checkout.sessions /v1/checkout/sessions create:P expire:P/{}/expire list:G list_line_items:G/{}/line_items retrieve:G/{} update:P/{}
climate.orders /v1/climate/orders cancel:P/{}/cancel create:P list:G retrieve:G/{} update:P/{}
climate.products /v1/climate/products list:G retrieve:G/{}
climate.suppliers /v1/climate/suppliers list:G retrieve:G/{}
confirmation_tokens /v1/confirmation_tokens retrieve:G/{}
country_specs /v1/country_specs list:G retrieve:G/{}
coupons /v1/coupons create:P del:D/{} list:G retrieve:G/{} update:P/{}
credit_notes /v1/credit_notes create:P list:G list_line_items:G/{}/lines list_preview_line_items:G/preview/lines preview:G/preview retrieve:G/{} update:P/{} void_credit_note:P/{}/void
customer_sessions /v1/customer_sessions create:P
customers /v1/customers create:P create_balance_transaction:P/{}/balance_transactions create_funding_instructions:P/{}/funding_instructions create_source:P/{}/sources create_tax_id:P/{}/tax_ids del:D/{} delete_discount:D/{}/discount delete_source:D/{}/sources/{} delete_tax_id:D/{}/tax_ids/{} list:G list_balance_transactions:G/{}/balance_transactions list_cash_balance_transactions:G/{}/cash_balance_transactions list_payment_methods:G/{}/payment_methods list_sources:G/{}/sources list_tax_ids:G/{}/tax_ids retrieve:G/{} retrieve_balance_transaction:G/{}/balance_transactions/{} retrieve_cash_balance:G/{}/cash_balance retrieve_cash_balance_transaction:G/{}/cash_balance_transactions/{} retrieve_payment_method:G/{}/payment_methods/{} retrieve_source:G/{}/sources/{} retrieve_tax_id:G/{}/tax_ids/{} search:G/search update:P/{} update_balance_transaction:P/{}/balance_transactions/{} update_cash_balance:P/{}/cash_balance update_source:P/{}/sources/{} verify_source:P/{}/sources/{}/verify
disputes /v1/disputes close:P/{}/close list:G retrieve:G/{} update:P/{}
entitlements.active_entitlements /v1/entitlements/active_entitlements list:G retrieve:G/{}
entitlements.features /v1/entitlements/features create:P list:G retrieve:G/{} update:P/{}
ephemeral_keys /v1/ephemeral_keys del:D/{}
events /v1/events list:G retrieve:G/{}
exchange_rates /v1/exchange_rates list:G retrieve:G/{}
file_links /v1/file_links create:P list:G retrieve:G/{} update:P/{}
files /v1/files create:P list:G retrieve:G/{}
financial_connections.accounts /v1/financial_connections/accounts disconnect:P/{}/disconnect list:G list_owners:G/{}/owners refresh:P/{}/refresh retrieve:G/{} subscribe:P/{}/subscribe unsubscribe:P/{}/unsubscribe
financial_connections.sessions /v1/financial_connections/sessions create:P retrieve:G/{}
financial_connections.transactions /v1/financial_connections/transactions list:G retrieve:G/{}
forwarding.requests /v1/forwarding/requests create:P list:G retrieve:G/{}
identity.verification_reports /v1/identity/verification_reports list:G retrieve:G/{}
identity.verification_sessions /v1/identity/verification_sessions cancel:P/{}/cancel create:P list:G redact:P/{}/redact retrieve:G/{} update:P/{}
invoice_items /v1/invoiceitems create:P del:D/{} list:G retrieve:G/{} update:P/{}
invoice_payments /v1/invoice_payments list:G retrieve:G/{}
invoice_rendering_templates /v1/invoice_rendering_templates archive:P/{}/archive list:G retrieve:G/{} unarchive:P/{}/unarchive
invoices /v1/invoices add_lines:P/{}/add_lines attach_payment:P/{}/attach_payment create:P create_preview:P/create_preview del:D/{} finalize_invoice:P/{}/finalize list:G list_line_items:G/{}/lines list_upcoming_lines:G/upcoming/lines mark_uncollectible:P/{}/mark_uncollectible pay:P/{}/pay remove_lines:P/{}/remove_lines retrieve:G/{} retrieve_upcoming:G/upcoming search:G/search send_invoice:P/{}/send update:P/{} update_line_item:P/{}/lines/{} update_lines:P/{}/update_lines void_invoice:P/{}/void
issuing.authorizations /v1/issuing/authorizations approve:P/{}/approve decline:P/{}/decline list:G retrieve:G/{} update:P/{}
issuing.cardholders /v1/issuing/cardholders create:P list:G retrieve:G/{} update:P/{}
issuing.cards /v1/issuing/cards create:P list:G retrieve:G/{} update:P/{}
issuing.disputes /v1/issuing/disputes create:P list:G retrieve:G/{} submit:P/{}/submit update:P/{}
issuing.personalization_designs /v1/issuing/personalization_designs create:P list:G retrieve:G/{} update:P/{}
issuing.physical_bundles /v1/issuing/physical_bundles list:G retrieve:G/{}
issuing.tokens /v1/issuing/tokens list:G retrieve:G/{} update:P/{}
issuing.transactions /v1/issuing/transactions list:G retrieve:G/{} update:P/{}
mandates /v1/mandates retrieve:G/{}
oauth /oauth/token token:P
payment_attempt_records /v1/payment_attempt_records list:G retrieve:G/{}
payment_intents /v1/payment_intents apply_customer_balance:P/{}/apply_customer_balance cancel:P/{}/cancel capture:P/{}/capture confirm:P/{}/confirm create:P increment_authorization:P/{}/increment_authorization list:G list_amount_details_line_items:G/{}/amount_details_line_items retrieve:G/{} search:G/search update:P/{} verify_microdeposits:P/{}/verify_microdeposits
payment_links /v1/payment_links create:P list:G list_line_items:G/{}/line_items retrieve:G/{} update:P/{}
payment_method_configurations /v1/payment_method_configurations create:P list:G retrieve:G/{} update:P/{}
payment_method_domains /v1/payment_method_domains create:P list:G retrieve:G/{} update:P/{} validate:P/{}/validate
payment_methods /v1/payment_methods attach:P/{}/attach create:P detach:P/{}/detach list:G retrieve:G/{} update:P/{}
payment_records /v1/payment_records list:G report_payment:P/report_payment report_payment_attempt:P/{}/report_payment_attempt report_payment_attempt_canceled:P/{}/report_payment_attempt_canceled report_payment_attempt_failed:P/{}/report_payment_attempt_failed report_payment_attempt_guaranteed:P/{}/report_payment_attempt_guaranteed report_payment_attempt_informational:P/{}/report_payment_attempt_informational report_refund:P/{}/report_refund retrieve:G/{}
payouts /v1/payouts cancel:P/{}/cancel create:P list:G retrieve:G/{} reverse:P/{}/reverse update:P/{}
plans /v1/plans create:P del:D/{} list:G retrieve:G/{} update:P/{}
prices /v1/prices create:P list:G retrieve:G/{} search:G/search update:P/{}
product_catalog.trial_offers /v1/product_catalog/trial_offers create:P list:G retrieve:G/{} update:P/{}
products /v1/products create:P create_feature:P/{}/features del:D/{} delete_feature:D/{}/features/{} list:G list_features:G/{}/features retrieve:G/{} retrieve_feature:G/{}/features/{} search:G/search update:P/{}
promotion_codes /v1/promotion_codes create:P list:G retrieve:G/{} update:P/{}
quotes /v1/quotes accept:P/{}/accept cancel:P/{}/cancel create:P finalize_quote:P/{}/finalize list:G list_computed_upfront_line_items:G/{}/computed_upfront_line_items list_line_items:G/{}/line_items pdf:G/{}/pdf retrieve:G/{} update:P/{}
radar.early_fraud_warnings /v1/radar/early_fraud_warnings list:G retrieve:G/{}
radar.payment_evaluations /v1/radar/payment_evaluations create:P
radar.value_list_items /v1/radar/value_list_items create:P del:D/{} list:G retrieve:G/{}
radar.value_lists /v1/radar/value_lists create:P del:D/{} list:G retrieve:G/{} update:P/{}
refunds /v1/refunds cancel:P/{}/cancel create:P list:G retrieve:G/{} update:P/{}
reporting.report_runs /v1/reporting/report_runs create:P list:G retrieve:G/{}
reporting.report_types /v1/reporting/report_types list:G retrieve:G/{}
reviews /v1/reviews approve:P/{}/approve list:G retrieve:G/{}
setup_attempts /v1/setup_attempts list:G
setup_intents /v1/setup_intents cancel:P/{}/cancel confirm:P/{}/confirm create:P list:G retrieve:G/{} update:P/{} verify_microdeposits:P/{}/verify_microdeposits
shipping_rates /v1/shipping_rates create:P list:G retrieve:G/{} update:P/{}
sigma.scheduled_query_runs /v1/sigma/scheduled_query_runs list:G retrieve:G/{}
sources /v1/sources create:P list_source_transactions:G/{}/source_transactions retrieve:G/{} update:P/{} verify:P/{}/verify
subscription_items /v1/subscription_items create:P create_usage_record:P/{}/usage_records del:D/{} list:G list_usage_record_summaries:G/{}/usage_record_summaries retrieve:G/{} update:P/{}
subscription_schedules /v1/subscription_schedules cancel:P/{}/cancel create:P list:G release:P/{}/release retrieve:G/{} update:P/{}
subscriptions /v1/subscriptions cancel:D/{} create:P delete_discount:D/{}/discount list:G migrate:P/{}/migrate pause:P/{}/pause resume:P/{}/resume retrieve:G/{} search:G/search update:P/{}
tax.associations /v1/tax/associations/find find:G
tax.calculations /v1/tax/calculations create:P list_line_items:G/{}/line_items retrieve:G/{}
tax.locations /v1/tax/locations create:P list:G retrieve:G/{}
tax.registrations /v1/tax/registrations create:P list:G retrieve:G/{} update:P/{}
tax.settings /v1/tax/settings retrieve:G update:P
tax.transactions /v1/tax/transactions create_from_calculation:P/create_from_calculation create_reversal:P/create_reversal list_line_items:G/{}/line_items retrieve:G/{}
tax_codes /v1/tax_codes list:G retrieve:G/{}
tax_ids /v1/tax_ids create:P del:D/{} list:G retrieve:G/{}
tax_rates /v1/tax_rates create:P list:G retrieve:G/{} update:P/{}
terminal.configurations /v1/terminal/configurations create:P del:D/{} list:G retrieve:G/{} update:P/{}
terminal.connection_tokens /v1/terminal/connection_tokens create:P
terminal.locations /v1/terminal/locations create:P del:D/{} list:G retrieve:G/{} update:P/{}
terminal.onboarding_links /v1/terminal/onboarding_links create:P
terminal.readers /v1/terminal/readers cancel_action:P/{}/cancel_action collect_inputs:P/{}/collect_inputs collect_payment_method:P/{}/collect_payment_method confirm_payment_intent:P/{}/confirm_payment_intent create:P del:D/{} list:G process_payment_intent:P/{}/process_payment_intent process_setup_intent:P/{}/process_setup_intent refund_payment:P/{}/refund_payment retrieve:G/{} set_reader_display:P/{}/set_reader_display update:P/{}
test_helpers.confirmation_tokens /v1/test_helpers/confirmation_tokens create:P
test_helpers.customers /v1/test_helpers/customers fund_cash_balance:P/{}/fund_cash_balance
test_helpers.issuing.authorizations /v1/test_helpers/issuing/authorizations capture:P/{}/capture create:P expire:P/{}/expire finalize_amount:P/{}/finalize_amount increment:P/{}/increment respond:P/{}/fraud_challenges/respond reverse:P/{}/reverse
test_helpers.issuing.cards /v1/test_helpers/issuing/cards deliver_card:P/{}/shipping/deliver fail_card:P/{}/shipping/fail return_card:P/{}/shipping/return ship_card:P/{}/shipping/ship submit_card:P/{}/shipping/submit
test_helpers.issuing.personalization_designs /v1/test_helpers/issuing/personalization_designs activate:P/{}/activate deactivate:P/{}/deactivate reject:P/{}/reject
test_helpers.issuing.transactions /v1/test_helpers/issuing/transactions create_force_capture:P/create_force_capture create_unlinked_refund:P/create_unlinked_refund refund:P/{}/refund
test_helpers.refunds /v1/test_helpers/refunds expire:P/{}/expire
test_helpers.terminal.readers /v1/test_helpers/terminal/readers present_payment_method:P/{}/present_payment_method succeed_input_collection:P/{}/succeed_input_collection timeout_input_collection:P/{}/timeout_input_collection
test_helpers.test_clocks /v1/test_helpers/test_clocks advance:P/{}/advance create:P del:D/{} list:G retrieve:G/{}
test_helpers.treasury.inbound_transfers /v1/test_helpers/treasury/inbound_transfers fail:P/{}/fail return_inbound_transfer:P/{}/return succeed:P/{}/succeed
test_helpers.treasury.outbound_payments /v1/test_helpers/treasury/outbound_payments fail:P/{}/fail post:P/{}/post return_outbound_payment:P/{}/return update:P/{}
test_helpers.treasury.outbound_transfers /v1/test_helpers/treasury/outbound_transfers fail:P/{}/fail post:P/{}/post return_outbound_transfer:P/{}/return update:P/{}
test_helpers.treasury.received_credits /v1/test_helpers/treasury/received_credits create:P
test_helpers.treasury.received_debits /v1/test_helpers/treasury/received_debits create:P
three_dsecure.authentications /v1/three_d_secure/authentications cancel:P/{}/cancel create:P list:G retrieve:G/{} submit:P/{}/submit
tokens /v1/tokens create:P retrieve:G/{}
topups /v1/topups cancel:P/{}/cancel create:P list:G retrieve:G/{} update:P/{}
transfers /v1/transfers create:P create_reversal:P/{}/reversals list:G list_reversals:G/{}/reversals retrieve:G/{} retrieve_reversal:G/{}/reversals/{} update:P/{} update_reversal:P/{}/reversals/{}
treasury.credit_reversals /v1/treasury/credit_reversals create:P list:G retrieve:G/{}
treasury.debit_reversals /v1/treasury/debit_reversals create:P list:G retrieve:G/{}
treasury.financial_accounts /v1/treasury/financial_accounts close:P/{}/close create:P list:G retrieve:G/{} retrieve_features:G/{}/features update:P/{} update_features:P/{}/features
treasury.inbound_transfers /v1/treasury/inbound_transfers cancel:P/{}/cancel create:P list:G retrieve:G/{}
treasury.outbound_payments /v1/treasury/outbound_payments cancel:P/{}/cancel create:P list:G retrieve:G/{}
treasury.outbound_transfers /v1/treasury/outbound_transfers cancel:P/{}/cancel create:P list:G retrieve:G/{}
treasury.received_credits /v1/treasury/received_credits list:G retrieve:G/{}
treasury.received_debits /v1/treasury/received_debits list:G retrieve:G/{}
treasury.transaction_entries /v1/treasury/transaction_entries list:G retrieve:G/{}
treasury.transactions /v1/treasury/transactions list:G retrieve:G/{}
v2.billing.meter_event_adjustments /v2/billing/meter_event_adjustments create:P
v2.billing.meter_event_session /v2/billing/meter_event_session create:P
v2.billing.meter_event_stream /v2/billing/meter_event_stream create:P
v2.billing.meter_events /v2/billing/meter_events create:P
v2.commerce.product_catalog.imports /v2/commerce/product_catalog/imports create:P list:G retrieve:G/{}
v2.core.account_links /v2/core/account_links create:P
v2.core.account_tokens /v2/core/account_tokens create:P retrieve:G/{}
v2.core.accounts /v2/core/accounts close:P/{}/close create:P list:G retrieve:G/{} update:P/{}
v2.core.accounts.person_tokens /v2/core/accounts create:P/{}/person_tokens retrieve:G/{}/person_tokens/{}
v2.core.accounts.persons /v2/core/accounts create:P/{}/persons del:D/{}/persons/{} list:G/{}/persons retrieve:G/{}/persons/{} update:P/{}/persons/{}
v2.core.event_destinations /v2/core/event_destinations create:P del:D/{} disable:P/{}/disable enable:P/{}/enable list:G ping:P/{}/ping retrieve:G/{} update:P/{}
v2.core.events /v2/core/events list:G retrieve:G/{}
v2.core.vault.gb_bank_accounts /v2/core/vault/gb_bank_accounts archive:P/{}/archive create:P list:G retrieve:G/{} unarchive:P/{}/unarchive
v2.core.vault.us_bank_accounts /v2/core/vault/us_bank_accounts archive:P/{}/archive confirm_microdeposits:P/{}/confirm_microdeposits create:P list:G retrieve:G/{} send_microdeposits:P/{}/send_microdeposits unarchive:P/{}/unarchive update:P/{}
v2.money_management.adjustments /v2/money_management/adjustments list:G retrieve:G/{}
v2.money_management.financial_accounts /v2/money_management/financial_accounts list:G retrieve:G/{} update:P/{}
v2.money_management.financial_addresses /v2/money_management/financial_addresses create:P list:G retrieve:G/{}
v2.money_management.inbound_transfers /v2/money_management/inbound_transfers create:P list:G retrieve:G/{}
v2.money_management.outbound_payments /v2/money_management/outbound_payments cancel:P/{}/cancel create:P list:G retrieve:G/{}
v2.money_management.outbound_setup_intents /v2/money_management/outbound_setup_intents cancel:P/{}/cancel create:P list:G retrieve:G/{} update:P/{}
v2.money_management.payout_intents /v2/money_management/payout_intents cancel:P/{}/cancel confirm:P/{}/confirm create:P list:G refresh_fx_quote:P/{}/refresh_fx_quote refresh_recipient_verification:P/{}/refresh_recipient_verification retrieve:G/{} update:P/{}
v2.money_management.payout_methods /v2/money_management/payout_methods archive:P/{}/archive list:G retrieve:G/{} unarchive:P/{}/unarchive
v2.money_management.payout_methods_bank_account_specs /v2/money_management/payout_methods_bank_account_spec retrieve:G
v2.money_management.received_credits /v2/money_management/received_credits list:G retrieve:G/{}
v2.money_management.recipient_verifications /v2/money_management/recipient_verifications acknowledge:P/{}/acknowledge create:P retrieve:G/{}
v2.money_management.test_helpers.financial_addresses /v2/money_management/test_helpers/financial_addresses credit:P/{}/credit
v2.money_management.transaction_entries /v2/money_management/transaction_entries list:G retrieve:G/{}
v2.money_management.transactions /v2/money_management/transactions list:G refresh_regulatory_receipt:P/{}/refresh_regulatory_receipt retrieve:G/{} update:P/{}
v2.test_helpers.money_managements /v2/test_helpers/money_management/recipient_verifications recipient_verifications:P
webhook_endpoints /v1/webhook_endpoints create:P del:D/{} list:G retrieve:G/{} update:P/{}
`
