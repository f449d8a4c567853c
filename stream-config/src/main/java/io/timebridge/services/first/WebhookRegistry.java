package io.timebridge.services.first;

import io.timebridge.services.ServiceTrouble;
import io.timebridge.services.first.FirstService.Refused;
import io.timebridge.settings.Secret;
import java.util.List;

/**
 * FirstService's registered webhooks. What is registered cannot be changed, only made and deleted.
 * Implementations are thread-safe; every method blocks, and a changing call is sent at most once as
 * in {@link FirstService}.
 */
public interface WebhookRegistry {
  /**
   * A registered webhook. Its secret is never shown.
   *
   * @param subscriptions such as {@code hours:created}, as they are listed
   * @param active false once FirstService has switched it off, after too many failures
   */
  record Webhook(long id, String url, List<String> subscriptions, boolean active) {
    public Webhook {
      subscriptions = List.copyOf(subscriptions);
    }
  }

  /** Every registered webhook of the account: all pages, or trouble. */
  List<Webhook> webhooks() throws ServiceTrouble, InterruptedException;

  /**
   * Registers one, switched on. Nothing keeps a URL from being registered twice.
   *
   * @param url https
   * @param secret what deliveries are signed with
   */
  Webhook createWebhook(String url, List<String> subscriptions, Secret secret)
      throws ServiceTrouble, Refused, InterruptedException;

  /** Deletes one; one that is gone already is deleted. */
  void deleteWebhook(long id) throws ServiceTrouble, Refused, InterruptedException;
}
