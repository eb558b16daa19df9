// Made by tools/specifications from packages/specifications/documents/openapi.json.
export interface paths {
    "/api/v1/orgs/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom the key belongs to, and what it may
         * @description Any key may.
         */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change who is written to, the pace, and how long the log is kept
         * @description Needs the scope `webhooks:write`.
         */
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Needs the scope `keys:admin`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description Needs the scope `keys:admin`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{api_key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Needs the scope `keys:admin`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Withdraw an API key
         * @description It stops working within 30 seconds.
         *
         *     Needs the scope `keys:admin`.
         */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token for an API key, or for a refresh token
         * @description `client_credentials` needs `client_id` and `client_secret` (in the body, or as Basic); `refresh_token` needs `refresh_token`.
         *
         *     Needs no key.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List links into the console, and their sessions
         * @description Newest first; those that are over are left out.
         *
         *     Needs the scope `keys:admin`.
         */
        get: operations["listPortalLinks"];
        put?: never;
        /**
         * Make a link into the console
         * @description Its token is exchanged once, within `expires_in_seconds`, at `POST /api/v1/portal-sessions`. A session of a link makes none.
         *
         *     Needs the scope `keys:admin`.
         */
        post: operations["createPortalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange the token of a link for a session
         * @description The session is used as a bearer token. It ends after 8 hours, and at once with its link.
         *
         *     Needs no key.
         */
        post: operations["createPortalSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal-links/{portal_link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a link into the console
         * @description Its session ends at once.
         *
         *     Needs the scope `keys:admin`.
         */
        delete: operations["deletePortalLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List changes: who made them, and what was before and after
         * @description Needs the scope `keys:admin`.
         */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List assets
         * @description Needs the scope `assets:read`.
         */
        get: operations["listAssets"];
        put?: never;
        /**
         * Make an asset
         * @description Needs the scope `assets:write`.
         */
        post: operations["createAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an asset
         * @description Needs the scope `assets:read`.
         */
        get: operations["getAsset"];
        put?: never;
        post?: never;
        /**
         * Delete an asset
         * @description Needs the scope `assets:write`.
         */
        delete: operations["deleteAsset"];
        options?: never;
        head?: never;
        /**
         * Change an asset
         * @description Needs the scope `assets:write`.
         */
        patch: operations["updateAsset"];
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the external key of an asset
         * @description Needs the scope `assets:write`.
         */
        post: operations["renameAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tags of an asset
         * @description Needs the scope `assets:read`.
         */
        get: operations["listTags"];
        put?: never;
        /**
         * Give an asset a tag
         * @description Needs the scope `assets:write`.
         */
        post: operations["createTag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/tags/{tag_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a tag
         * @description Needs the scope `assets:read`.
         */
        get: operations["getTag"];
        put?: never;
        post?: never;
        /**
         * Delete a tag
         * @description Needs the scope `assets:write`.
         */
        delete: operations["deleteTag"];
        options?: never;
        head?: never;
        /**
         * Change a tag
         * @description Needs the scope `assets:write`.
         */
        patch: operations["updateTag"];
        trace?: never;
    };
    "/api/v1/locations/{location_id}/ancestors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the locations that a location lies in
         * @description Needs the scope `locations:read`.
         */
        get: operations["listLocationAncestors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/{location_id}/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the locations right below a location
         * @description Needs the scope `locations:read`.
         */
        get: operations["listLocationChildren"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/{location_id}/descendants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all locations below a location
         * @description Needs the scope `locations:read`.
         */
        get: operations["listLocationDescendants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List locations
         * @description Needs the scope `locations:read`.
         */
        get: operations["listLocations"];
        put?: never;
        /**
         * Make a location
         * @description Needs the scope `locations:write`.
         */
        post: operations["createLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/{location_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a location
         * @description Needs the scope `locations:read`.
         */
        get: operations["getLocation"];
        put?: never;
        post?: never;
        /**
         * Delete a location
         * @description Needs the scope `locations:write`.
         */
        delete: operations["deleteLocation"];
        options?: never;
        head?: never;
        /**
         * Change a location
         * @description Needs the scope `locations:write`.
         */
        patch: operations["updateLocation"];
        trace?: never;
    };
    "/api/v1/locations/{location_id}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the external key of a location
         * @description Needs the scope `locations:write`.
         */
        post: operations["renameLocation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List scan devices
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["listScanDevices"];
        put?: never;
        /**
         * Make a scan device
         * @description Needs the scope `scan-devices:write`.
         */
        post: operations["createScanDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-devices/{scan_device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a scan device
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["getScanDevice"];
        put?: never;
        post?: never;
        /**
         * Delete a scan device
         * @description Needs the scope `scan-devices:write`.
         */
        delete: operations["deleteScanDevice"];
        options?: never;
        head?: never;
        /**
         * Change a scan device
         * @description Needs the scope `scan-devices:write`.
         */
        patch: operations["updateScanDevice"];
        trace?: never;
    };
    "/api/v1/scan-points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List scan points
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["listScanPoints"];
        put?: never;
        /**
         * Make a scan point
         * @description Needs the scope `scan-devices:write`.
         */
        post: operations["createScanPoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-points/{scan_point_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a scan point
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["getScanPoint"];
        put?: never;
        post?: never;
        /**
         * Delete a scan point
         * @description Needs the scope `scan-devices:write`.
         */
        delete: operations["deleteScanPoint"];
        options?: never;
        head?: never;
        /**
         * Change a scan point
         * @description Needs the scope `scan-devices:write`.
         */
        patch: operations["updateScanPoint"];
        trace?: never;
    };
    "/api/v1/assets/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make and change many assets
         * @description One JSON object a line, with the fields of POST. The report says of each line what came of it; with dry_run what would come of it, and nothing is written. Ids of what would be made are of no use.
         *
         *     Needs the scope `assets:write`.
         */
        post: operations["importAssets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All assets, one a line
         * @description Needs the scope `assets:read`.
         */
        get: operations["exportAssets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make and change many locations
         * @description One JSON object a line, with the fields of POST. The report says of each line what came of it; with dry_run what would come of it, and nothing is written. Ids of what would be made are of no use.
         *
         *     Needs the scope `locations:write`.
         */
        post: operations["importLocations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/locations/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All locations, one a line
         * @description Needs the scope `locations:read`.
         */
        get: operations["exportLocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-devices/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make and change many scan devices
         * @description One JSON object a line, with the fields of POST. The report says of each line what came of it; with dry_run what would come of it, and nothing is written. Ids of what would be made are of no use.
         *
         *     Needs the scope `scan-devices:write`.
         */
        post: operations["importScanDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-devices/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All scan devices, one a line
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["exportScanDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-points/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make and change many scan points
         * @description One JSON object a line, with the fields of POST. The report says of each line what came of it; with dry_run what would come of it, and nothing is written. Ids of what would be made are of no use.
         *
         *     Needs the scope `scan-devices:write`.
         */
        post: operations["importScanPoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scan-points/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All scan points, one a line
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["exportScanPoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orgs/me/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What settings of movement hold
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["getOrganizationSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change settings of movement
         * @description Needs the scope `scan-devices:write`.
         */
        patch: operations["updateOrganizationSettings"];
        trace?: never;
    };
    "/api/v1/scan-points/{scan_point_id}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What settings hold at a scan point, and whose word it is
         * @description Needs the scope `scan-devices:read`.
         */
        get: operations["getScanPointSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Make a webhook
         * @description The answer has the secret in full, the only time.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description Needs the scope `webhooks:write`.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description Needs the scope `webhooks:write`.
         */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/api/v1/webhooks/check-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether a webhook may have this URL
         * @description Refused as saving it would be: HTTPS, a name that resolves, addresses that are all public. Nothing is sent there; `POST /webhooks/{webhook_id}/test` does that.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["checkUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Needs the scope `webhooks:write`.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened last to each webhook, and when it goes on
         * @description Of the 200 newest, or of those that `webhook_id` names.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getWebhookActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How requests to a webhook went lately
         * @description Without tests. A day and more are counted while the log is written, so that they hold every request; an hour is read out of the log. `GET /usage` has days, of more than a year.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getWebhookStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an example of an event type
         * @description To this webhook alone, whatever it subscribes to, as a test: `data` is that of the catalogue (`GET /event-types`) where none is sent.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["triggerWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listeners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List those who listen
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listListeners"];
        put?: never;
        /**
         * Make a webhook that is listened to over an outgoing connection
         * @description The answer is the webhook, with the secret in full, the only time. It is deleted when nobody has followed its requests for five minutes.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["createListener"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listeners/{webhook_id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests to a listener as they come, as server-sent events
         * @description Each `request` is one delivery attempt, which waits for its answer. A stream ends after five minutes, or when another one follows the same listener: come again. With `once` it ends with the first requests, or after eight seconds without one (with `wait=false` after a second): for clients behind a proxy that lets no stream through. `handed` names requests that you have and will answer, which are not told again.
         *
         *     Needs the scope `webhooks:write`.
         */
        get: operations["followListener"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/listeners/{webhook_id}/answers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What was answered to requests of a listener
         * @description Several at once, so that the rate of a key is enough. `late`: those that nobody waited for any more.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["answerListener"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check what a webhook accepts and refuses
         * @description Sends a few requests that must be accepted and some that must be refused, and says what came of each; while several secrets sign, also which of them the receiver accepts. It counts neither in usage nor towards the state of the webhook. 202: it takes longer than eight seconds, or `wait=false` was asked for; ask for it by its id.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["checkWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/checks/{check_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came of a check
         * @description There is none before its first request is in the log.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getWebhookCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook a new secret
         * @description The answer has it in full, the only time.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what a webhook missed
         * @description Needs the scope `webhooks:write`.
         */
        post: operations["recoverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listJobs"];
        put?: never;
        /**
         * Begin a job that sends again
         * @description Needs the scope `webhooks:write`.
         */
        post: operations["createJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job and its progress
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Pause a job, let it go on, or change its pace
         * @description Needs the scope `webhooks:write`.
         */
        patch: operations["updateJob"];
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description Needs the scope `webhooks:write`.
         */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the event types there are
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listEventTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All deliveries that a filter means, as NDJSON
         * @description The newest first, of what was made until now. Read page by page as it is taken.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["exportDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery with all its attempts, and those to come
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests that were made
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries as they change, as server-sent events
         * @description Of what the list’s filter means: `delivery` has one as it is now, whenever an attempt changed it; `left` has the `id` of one that changed and that the filter does not mean, or not any more. Begins with what is recorded from now on, or goes on behind `after`, the `id` of a message; a browser’s `Last-Event-ID` does the same. The first message is `open`: with `is_continued` false what was before is not told, because no place was given or it lies too far behind; ask the list. Every 15 seconds without a message comes a comment with a new `id`. A slow reader is waited for. A stream ends after five minutes, and when its key or session ends: come again with the last `id`. With `once` it ends as soon as all that is recorded was told: for clients behind a proxy that lets no stream through, which ask every few seconds.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["streamDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attempts/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests as they are made, as server-sent events
         * @description `attempt` has one request, once. Begins with what is recorded from now on, or goes on behind `after`, the `id` of a message; a browser’s `Last-Event-ID` does the same. The first message is `open`: with `is_continued` false what was before is not told, because no place was given or it lies too far behind; ask the list. Every 15 seconds without a message comes a comment with a new `id`. A slow reader is waited for. A stream ends after five minutes, and when its key or session ends: come again with the last `id`. With `once` it ends as soon as all that is recorded was told: for clients behind a proxy that lets no stream through, which ask every few seconds.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["streamAttempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery_id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description Needs the scope `webhooks:write`.
         */
        post: operations["resendDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send many deliveries again, as a job
         * @description Those of `delivery_ids`, or those that `filter` means as the list does: of what was made until now, whatever became of it. Each is sent as `POST /deliveries/{delivery_id}/resend` does it; what can not be sent is counted in `progress.skipped`.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["resendDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/resend/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How many deliveries would be sent again
         * @description Changes nothing.
         *
         *     Needs the scope `webhooks:read`.
         */
        post: operations["previewResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery_id}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The request of a delivery, signed now and not sent
         * @description What `POST /deliveries/{delivery_id}/resend` would send at this moment, with the same ids and the secrets that the webhook has now, to be sent by hand while a receiver is debugged. It needs the scope by which secrets are made, and stands in the audit log.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["signDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description Needs the scope `tracking:read`.
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Send business events
         * @description At most 1,000 items. Good items are accepted even where others are bad: `rejected` names these by index. 202 means that Kafka has acknowledged what was accepted.
         *
         *     Needs the scope `events:write`.
         */
        post: operations["submitEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event
         * @description Needs the scope `tracking:read`.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{event_id}/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to an event for a webhook, and why
         * @description With `webhook_id` `data` is one explanation, without it a list for all webhooks concerned.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["explainEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to each webhook on each day
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came in and what was sent on each day, over all webhooks
         * @description Needs the scope `webhooks:read`.
         */
        get: operations["listUsageTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/pipeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far the installation is behind
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. Measured at most every 5 seconds; 503 while Kafka does not answer.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getPipeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/throughput": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much goes through the installation, now and within the last hour
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. Counted by the brokers' offsets of each topic; 503 while Kafka does not answer.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getThroughput"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/breakers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which endpoints are held back
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. As the dispatchers share it through Redis, within a second or two.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getBreakers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How each organization is doing today, and which endpoints fail most
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getTenants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/subjects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the schema registry has of each record
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. 503 while the registry does not answer.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["getSchemaSubjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/poison": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List records that no service could process
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. The newest 200 are looked at, or those before `before`; of them the wanted ones are told.
         *
         *     Needs the scope `webhooks:read`.
         */
        get: operations["listPoison"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/poison/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put records back on the topic that they came from
         * @description For the organizations in OPERATOR_ORG_IDS; 403 for all others. One after the other, in the order given. A record that was put back before is left alone unless `again` is true.
         *
         *     Needs the scope `webhooks:write`.
         */
        post: operations["replayPoison"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/filter-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * How many events of the last day a filter would let through
         * @description With `newest`, of the newest so many of them.
         *
         *     Needs the scope `webhooks:read`.
         */
        post: operations["previewFilter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read events in the order in which they were recorded
         * @description Begins at the oldest event, at `from`, at `after` (the `next` of the answer before), or where the named `cursor` is. `after` together with `cursor` moves the cursor there first: everything before it is done with. With `wait_seconds` an empty answer comes only after that time.
         *
         *     Needs the scope `tracking:read`.
         */
        get: operations["readFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events as they are recorded, as server-sent events
         * @description Begins with what comes from now on, at `from`, or at `after`; a browser’s `Last-Event-ID` does the same. Each message has the type of the event, its place as `id`, and the event as `data`. A stream ends after five minutes: come again.
         *
         *     Needs the scope `tracking:read`.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event-cursors/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a cursor
         * @description Needs the scope `tracking:read`.
         */
        get: operations["getEventCursor"];
        /**
         * Make a cursor, or set it to a time
         * @description With `from` it is set before the first event received then; without, after everything that is there.
         *
         *     Needs the scope `tracking:read`.
         */
        put: operations["setEventCursor"];
        post?: never;
        /**
         * Delete a cursor
         * @description Needs the scope `tracking:read`.
         */
        delete: operations["deleteEventCursor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event-cursors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List cursors
         * @description Needs the scope `tracking:read`.
         */
        get: operations["listEventCursors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/asset-locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where assets are
         * @description Needs the scope `tracking:read`.
         */
        get: operations["listAssetLocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/location-counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many assets are at each location
         * @description Those with the most assets inside come first. Assets of a location inside count for every one around it.
         *
         *     Needs the scope `tracking:read`.
         */
        get: operations["countAssetsByLocation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where an asset was
         * @description Needs the scope `tracking:read`.
         */
        get: operations["listAssetHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unknown-tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tags that readers see and nobody has registered
         * @description Needs the scope `tracking:read`.
         */
        get: operations["listUnknownTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What is wrong with a record, before it is produced
         * @description The record is judged as the producer judges it, and nothing of it is kept. `ok` is false exactly where it would be set aside as poison.
         *
         *     Needs the scope `events:write`.
         */
        post: operations["validateRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send reads of tags
         * @description At most 1,000 items; with the header `Scanhook-Format` they are in a reader’s own format. Good items are accepted even where others are bad: `rejected` names these by index. 202 means that Kafka has acknowledged what was accepted.
         *
         *     Needs the scope `scans:write`.
         */
        post: operations["submitScans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "asset.scanned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An asset’s tag was read by a scan device; at once, then at most once a minute and location
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.asset.scanned"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "asset.moved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An asset went from one location to another
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.asset.moved"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "location.entered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An asset entered a location; also each location above it that it was not in before
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.location.entered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "location.exited": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An asset left a location; also each location above it that it is no longer in
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.location.exited"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "shipment.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new shipment was created
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.shipment.created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "shipment.processing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Document processing has started
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.shipment.processing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "shipment.ready_for_review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Processing is complete, the shipment is ready for review
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.shipment.ready_for_review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "shipment.approved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The shipment was approved
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.shipment.approved"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "shipment.rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The shipment was rejected
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.shipment.rejected"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "document.uploaded": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new document was attached
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.document.uploaded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "document.processed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The extraction of a document is complete
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.document.processed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "check.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A quality check finished; it can be run again, so this can come again
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.check.completed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.failing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Five attempts of one delivery to a webhook failed, and it had no success since; once until it recovers
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.endpoint.failing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.disabled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A webhook gets nothing any more: it answered 410, or failed for five days without one success
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.endpoint.disabled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.recovered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A webhook that was failing accepted a delivery
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.endpoint.recovered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "delivery.dead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A delivery was given up; its event is still in the log and can be sent again
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.delivery.dead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Every heartbeat_minutes of a webhook: what there was for it since the last one, if anything
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.endpoint.heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Once a day, where daily_manifest is set: what there was for the webhook, with a hash chain to check by
         * @description Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.
         */
        post: operations["on.endpoint.manifest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        AccessToken: {
            access_token: string;
            /** @description Good for one use within 30 days */
            refresh_token: string;
            /** @constant */
            token_type: "Bearer";
            /** @description Seconds */
            expires_in: number;
        };
        ApiKey: {
            id: number;
            name: string;
            scopes: string[];
            /** Format: date-time */
            created_at: string;
        };
        Asset: {
            id: number;
            external_key: string;
            name: string;
            description: string | null;
            is_active: boolean;
            /** Format: date-time */
            valid_from: string;
            valid_to: string | null;
            metadata: {
                [key: string]: unknown;
            };
            tags: components["schemas"]["Tag"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            deleted_at: string | null;
        };
        AssetLocation: {
            asset_id: number;
            asset_external_key: string;
            asset_name: string;
            location_id: number | null;
            location_external_key: string | null;
            location_name: string | null;
            /** Format: date-time */
            asset_last_seen: string;
            asset_deleted_at: string | null;
            dwell_started_at: string | null;
            dwell_seconds: number | null;
            /** @enum {string} */
            presence: "present" | "absent";
        };
        AssetScan: {
            /** Format: date-time */
            event_observed_at: string;
            location_id: number | null;
            location_external_key: string | null;
            location_name: string | null;
            duration_seconds: number | null;
        };
        Attempt: {
            attempt_number: number;
            trigger: string;
            /** Format: date-time */
            started_at: string;
            url: string | null;
            batch: {
                id: string;
                size: number | null;
            } | null;
            response_status: number | null;
            is_response_body_truncated: boolean | null;
            error_class: string | null;
            error_message: string | null;
            explanation: string | null;
            remote_address: string | null;
            timings: {
                dns_ms: number | null;
                connect_ms: number | null;
                tls_ms: number | null;
                first_byte_ms: number | null;
                total_ms: number | null;
            };
            disposition: string;
            dead_reason: string | null;
            retry_after_ms: number | null;
            next_attempt_at: string | null;
            request_headers: {
                [key: string]: unknown;
            } | null;
            request_body: string | null;
            response_headers: {
                [key: string]: unknown;
            } | null;
            response_body: string | null;
        };
        AuditEntry: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            actor: {
                /** @enum {string} */
                kind: "api_key" | "oauth_client" | "portal_link" | "system";
                id: number | null;
            };
            request_id: string | null;
            /** @enum {string} */
            operation: "organization.created" | "organization.updated" | "organization.settings_updated" | "organization.subject_erased" | "organization.exported" | "api_key.created" | "api_key.deleted" | "token_chain.issued" | "token_chain.revoked" | "portal_link.created" | "portal_link.used" | "portal_link.revoked" | "asset.created" | "asset.updated" | "asset.renamed" | "asset.deleted" | "asset.imported" | "tag.created" | "tag.updated" | "tag.deleted" | "location.created" | "location.updated" | "location.renamed" | "location.deleted" | "location.imported" | "scan_device.created" | "scan_device.updated" | "scan_device.deleted" | "scan_device.imported" | "scan_point.created" | "scan_point.updated" | "scan_point.deleted" | "scan_point.imported" | "webhook.created" | "webhook.updated" | "webhook.paused" | "webhook.resumed" | "webhook.disabled" | "webhook.deleted" | "webhook.secret_rotated" | "webhook.secrets_ended" | "webhook.tested" | "webhook.checked" | "delivery.resent" | "delivery.signed" | "job.created" | "job.updated" | "job.paused" | "job.resumed" | "job.cancelled" | "event_cursor.set" | "event_cursor.deleted" | "poison_record.replayed";
            resource: {
                /** @enum {string} */
                kind: "organization" | "api_key" | "token_chain" | "portal_link" | "asset" | "tag" | "location" | "scan_device" | "scan_point" | "webhook" | "delivery" | "job" | "event_cursor" | "poison_record";
                id: string | null;
                /** @description External key or name, as it was */
                name: string | null;
            };
            /** @description Of a change the fields that are different; null: it was made */
            before: {
                [key: string]: unknown;
            } | null;
            /** @description The same; null: it is gone */
            after: {
                [key: string]: unknown;
            } | null;
            /** @description Changed, too, and too long to be kept */
            truncated_fields: string[];
        };
        Breakers: {
            /** Format: date-time */
            measured_at: string;
            /** @description False: Redis does not answer, so it cannot be told what is held back */
            is_known: boolean;
            is_complete: boolean;
            endpoints: {
                webhook_id: number;
                name: string | null;
                /** @description Of its URL; the rest of a URL may be a secret */
                host: string;
                state: string;
                organization: {
                    id: number;
                    name: string;
                };
                failing_since: string | null;
                /** @description In words; null where the log has none */
                last_failure: string | null;
                last_status: number | null;
                last_error_class: string | null;
                /** @description Deliveries that wait; 10000 stands for that many or more */
                waiting: number;
                /** @enum {string} */
                breaker: "open" | "half_open" | "closed";
                /** @description Since when it has not been closed */
                since: string | null;
                next_probe_at: string | null;
                /** @description How often it opened in a row */
                openings: number;
                /** @description Requests at a time, as far as the endpoint takes them */
                concurrency_limit: number | null;
            }[];
        };
        Delivery: {
            /** Format: uuid */
            id: string;
            webhook_id: number;
            /** Format: uuid */
            event_id: string;
            event_type: string;
            /** Format: date-time */
            event_occurred_at: string;
            trigger: string;
            /** @enum {string} */
            state: "pending" | "delivered" | "dead";
            attempt_count: number;
            next_attempt_at: string | null;
            dead_reason: string | null;
            superseded_by: string | null;
            held_reason: string | null;
            explanation: string | null;
            last_response_status: number | null;
            last_error_class: string | null;
            /** Format: date-time */
            created_at: string;
            first_attempt_at: string | null;
            last_attempt_at: string | null;
            completed_at: string | null;
            planned_attempts: components["schemas"]["PlannedAttempt"][];
            gives_up_at: string | null;
            attempts: components["schemas"]["Attempt"][];
            holds: components["schemas"]["Hold"][];
        };
        Event: {
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: date-time */
            occurred_at: string;
            /** Format: date-time */
            received_at: string;
            subject: string;
            asset_id: number | null;
            sequence: number | null;
            previous_event_id: string | null;
            transition_id: string | null;
            data: unknown;
        };
        EventCursor: {
            name: string;
            position: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        EventType: {
            name: string;
            group: string;
            description: string;
            /** @description JSON Schema of the data */
            data_schema: {
                [key: string]: unknown;
            };
            data_example: unknown;
            /** @description What changed in the data, the newest first */
            changelog: components["schemas"]["EventTypeVersion"][];
        };
        EventTypeVersion: {
            version: number;
            /**
             * Format: date
             * @description The day from which on bodies are like that, in UTC
             */
            date: string;
            changes: string[];
        };
        FilterPreview: {
            scanned: number;
            matched: number;
            /** Format: date-time */
            window_from: string;
            /** Format: date-time */
            window_to: string;
            is_complete: boolean;
            samples: components["schemas"]["FilterSample"][];
        };
        FilterSample: {
            /** Format: uuid */
            event_id: string;
            type: string;
            /** Format: date-time */
            occurred_at: string;
            matched: boolean;
            clause: string | null;
            failure: string | null;
        };
        Hold: {
            /** Format: date-time */
            held_at: string;
            trigger: string;
            reason: string | null;
            explanation: string | null;
            next_attempt_at: string | null;
        };
        ImportLine: {
            line: number;
            /** @enum {string} */
            status: "created" | "updated" | "unchanged" | "failed";
            id: number | null;
            external_key: string | null;
            error: {
                type: string;
                detail: string;
                fields: {
                    field: string;
                    code: string;
                    message: string;
                    params: {
                        [key: string]: unknown;
                    } | null;
                }[];
            } | null;
        } | {
            summary: {
                created: number;
                updated: number;
                unchanged: number;
                failed: number;
            };
        };
        /** IncomingEvent */
        IncomingEvent: {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "shipment.created";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The shipment as it is now; further fields are the sender’s own */
                shipment: {
                    /** @description The sender’s id of the shipment */
                    id: string;
                    /** @description The sender’s reference of the shipment */
                    reference: string;
                    /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                    status: string;
                    /** @description Number of pallets */
                    pallets_count?: number | null;
                    /** @description The ship that carries it */
                    vessel?: string | null;
                    /** @description Where it comes from */
                    origin?: string | null;
                    /** @description Where it goes */
                    destination?: string | null;
                    /** @description When it was created */
                    created_at?: string | null;
                    /** @description When it was approved */
                    approved_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "shipment.processing";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The shipment as it is now; further fields are the sender’s own */
                shipment: {
                    /** @description The sender’s id of the shipment */
                    id: string;
                    /** @description The sender’s reference of the shipment */
                    reference: string;
                    /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                    status: string;
                    /** @description Number of pallets */
                    pallets_count?: number | null;
                    /** @description The ship that carries it */
                    vessel?: string | null;
                    /** @description Where it comes from */
                    origin?: string | null;
                    /** @description Where it goes */
                    destination?: string | null;
                    /** @description When it was created */
                    created_at?: string | null;
                    /** @description When it was approved */
                    approved_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "shipment.ready_for_review";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The shipment as it is now; further fields are the sender’s own */
                shipment: {
                    /** @description The sender’s id of the shipment */
                    id: string;
                    /** @description The sender’s reference of the shipment */
                    reference: string;
                    /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                    status: string;
                    /** @description Number of pallets */
                    pallets_count?: number | null;
                    /** @description The ship that carries it */
                    vessel?: string | null;
                    /** @description Where it comes from */
                    origin?: string | null;
                    /** @description Where it goes */
                    destination?: string | null;
                    /** @description When it was created */
                    created_at?: string | null;
                    /** @description When it was approved */
                    approved_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "shipment.approved";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The shipment as it is now; further fields are the sender’s own */
                shipment: {
                    /** @description The sender’s id of the shipment */
                    id: string;
                    /** @description The sender’s reference of the shipment */
                    reference: string;
                    /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                    status: string;
                    /** @description Number of pallets */
                    pallets_count?: number | null;
                    /** @description The ship that carries it */
                    vessel?: string | null;
                    /** @description Where it comes from */
                    origin?: string | null;
                    /** @description Where it goes */
                    destination?: string | null;
                    /** @description When it was created */
                    created_at?: string | null;
                    /** @description When it was approved */
                    approved_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "shipment.rejected";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The shipment as it is now; further fields are the sender’s own */
                shipment: {
                    /** @description The sender’s id of the shipment */
                    id: string;
                    /** @description The sender’s reference of the shipment */
                    reference: string;
                    /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                    status: string;
                    /** @description Number of pallets */
                    pallets_count?: number | null;
                    /** @description The ship that carries it */
                    vessel?: string | null;
                    /** @description Where it comes from */
                    origin?: string | null;
                    /** @description Where it goes */
                    destination?: string | null;
                    /** @description When it was created */
                    created_at?: string | null;
                    /** @description When it was approved */
                    approved_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "document.uploaded";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The document as it is now; further fields are the sender’s own */
                document: {
                    /** @description The sender’s id of the document */
                    id: string;
                    /** @description The shipment that it belongs to */
                    shipment_id?: string | null;
                    /** @description Name of the file */
                    file_name?: string | null;
                    /** @description Media type of the file */
                    content_type?: string | null;
                    /** @description When it was uploaded */
                    uploaded_at?: string | null;
                    /** @description When its extraction was complete */
                    processed_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "document.processed";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The document as it is now; further fields are the sender’s own */
                document: {
                    /** @description The sender’s id of the document */
                    id: string;
                    /** @description The shipment that it belongs to */
                    shipment_id?: string | null;
                    /** @description Name of the file */
                    file_name?: string | null;
                    /** @description Media type of the file */
                    content_type?: string | null;
                    /** @description When it was uploaded */
                    uploaded_at?: string | null;
                    /** @description When its extraction was complete */
                    processed_at?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the event again is harmless */
            id?: string | null;
            /** @constant */
            type: "check.completed";
            /** @description The receive time by default */
            occurred_at?: (string | number) | null;
            data: {
                /** @description The check as it came out; further fields are the sender’s own */
                check: {
                    /** @description The sender’s id of the check */
                    id: string;
                    /** @description The shipment that it belongs to */
                    shipment_id?: string | null;
                    /** @description Which check */
                    name: string;
                    /** @description pass, warning or fail */
                    result: string;
                    /** @description What was found, in words */
                    details?: string | null;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
        };
        Job: {
            id: number;
            /** @enum {string} */
            kind: "recover" | "replay" | "all" | "dead_topic" | "resend";
            webhook_id: number | null;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            until: string;
            event_types: string[] | null;
            filter: components["schemas"]["JobFilter"] | null;
            deliveries_per_second: number;
            /** @enum {string} */
            state: "waiting" | "running" | "paused" | "done" | "cancelled" | "failed";
            progress: {
                percent: number | null;
                scanned: number | null;
                total: number | null;
                is_total_estimated: boolean;
                enqueued: number;
                skipped: {
                    [key: string]: number;
                };
                expected_end_at: string | null;
            };
            error: string | null;
            created_by_api_key_id: number | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
        };
        JobFilter: {
            delivery_id?: string[];
            webhook_id?: number[];
            event_type?: string[];
            event_id?: string[];
            state?: ("pending" | "delivered" | "dead")[];
            status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
        };
        ListedAttempt: {
            /** Format: uuid */
            delivery_id: string;
            webhook_id: number;
            /** Format: uuid */
            event_id: string;
            event_type: string;
            attempt_number: number;
            trigger: string;
            /** Format: date-time */
            started_at: string;
            url: string | null;
            batch: {
                id: string;
                size: number | null;
            } | null;
            response_status: number | null;
            is_response_body_truncated: boolean | null;
            error_class: string | null;
            error_message: string | null;
            explanation: string | null;
            remote_address: string | null;
            timings: {
                dns_ms: number | null;
                connect_ms: number | null;
                tls_ms: number | null;
                first_byte_ms: number | null;
                total_ms: number | null;
            };
            disposition: string;
            dead_reason: string | null;
            retry_after_ms: number | null;
            next_attempt_at: string | null;
        };
        ListedDelivery: {
            /** Format: uuid */
            id: string;
            webhook_id: number;
            /** Format: uuid */
            event_id: string;
            event_type: string;
            /** Format: date-time */
            event_occurred_at: string;
            trigger: string;
            /** @enum {string} */
            state: "pending" | "delivered" | "dead";
            attempt_count: number;
            next_attempt_at: string | null;
            dead_reason: string | null;
            superseded_by: string | null;
            held_reason: string | null;
            explanation: string | null;
            last_response_status: number | null;
            last_error_class: string | null;
            /** Format: date-time */
            created_at: string;
            first_attempt_at: string | null;
            last_attempt_at: string | null;
            completed_at: string | null;
        };
        Listener: {
            webhook_id: number;
            is_connected: boolean;
        };
        Location: {
            id: number;
            external_key: string;
            name: string;
            description: string | null;
            parent_id: number | null;
            parent_external_key: string | null;
            is_active: boolean;
            /** Format: date-time */
            valid_from: string;
            valid_to: string | null;
            settings: {
                [key: string]: unknown;
            };
            geofence: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            deleted_at: string | null;
        };
        LocationCount: {
            location_id: number;
            location_external_key: string;
            location_name: string;
            parent_id: number | null;
            /** @description Assets that are there now */
            present_count: number;
            /** @description The same with all locations inside */
            present_inside_count: number;
            /** @description Of the assets that are there, those that came within the time */
            arrived_count: number;
            arrived_inside_count: number;
            /** @description Assets that left within the time, and were at no location since */
            left_count: number;
            left_inside_count: number;
        };
        NewApiKey: {
            id: number;
            name: string;
            scopes: string[];
            /** Format: date-time */
            created_at: string;
            /** @description The only time that it is shown */
            key: string;
            client_id: string;
            client_secret: string;
        };
        NewPortalLink: {
            id: number;
            label: string | null;
            scopes: string[];
            created_by_api_key_id: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            used_at: string | null;
            session_expires_at: string | null;
            /** @description The only time that it is shown; good for one use */
            token: string;
        };
        Organization: {
            id: number;
            name: string;
            contact_emails: string[];
            deliveries_per_second: number | null;
            log_days: number | null;
            scopes: string[];
            api_key_id: number;
            /** @description Whether it may see the whole installation (`/operator/…`) */
            is_operator: boolean;
        };
        OrganizationSettings: {
            overrides: {
                [key: string]: unknown;
            };
            effective: {
                [key: string]: {
                    [key: string]: {
                        value: unknown;
                        source: string;
                    };
                };
            };
        };
        Pipeline: {
            /** Format: date-time */
            measured_at: string;
            groups: {
                group: string;
                topic: string;
                /** @description Records that the group has not committed */
                lag_records: number;
                /** @description Age of the oldest of them; 0 for none, null where its time is not known */
                lag_seconds: number | null;
            }[];
            retry_tiers: {
                tier: string;
                /** @description How long each delivery waits in it */
                wait_seconds: number;
                /** @description Deliveries in the tier, due or not */
                waiting: number;
                /** @description Of them, those whose time has come */
                due: number;
                /** @description For how long its head has been due; 0 where none is, null where its time is not known */
                overdue_seconds: number | null;
            }[];
        };
        PlannedAttempt: {
            attempt_number: number;
            trigger: string;
            /** Format: date-time */
            due_at: string;
            /** Format: date-time */
            earliest_at: string;
            /** Format: date-time */
            latest_at: string;
        };
        PoisonPage: {
            records: {
                partition: number;
                offset: number;
                /** Format: date-time */
                set_aside_at: string;
                reason: string;
                detail: string;
                service: string;
                /** @description Where it came from, and goes when it is replayed */
                origin: {
                    topic: string;
                    partition: number;
                    offset: number;
                } | null;
                key: {
                    /**
                     * @description `bytes`: as pairs of hexadecimal digits
                     * @enum {string}
                     */
                    form: "none" | "text" | "bytes";
                    text: string;
                    is_cut: boolean;
                    size_bytes: number;
                };
                value: {
                    /**
                     * @description `bytes`: as pairs of hexadecimal digits
                     * @enum {string}
                     */
                    form: "none" | "text" | "bytes";
                    text: string;
                    is_cut: boolean;
                    size_bytes: number;
                };
                headers: {
                    [key: string]: string;
                };
                /** @description When it was put back the last time */
                replayed_at: string | null;
                /** @description Set where it was put back once and set aside again: `partition:offset` of before */
                replayed_from: string | null;
            }[];
            looked_at: number;
            /** @description Records in the topic */
            total: number;
            /** @description For `before`; null: nothing older is there */
            next_before: string | null;
        };
        PoisonReplay: {
            records: {
                partition: number;
                offset: number;
                /** @enum {string} */
                outcome: "replayed" | "already_replayed" | "not_found" | "no_origin" | "open";
                topic: string | null;
            }[];
        };
        PortalLink: {
            id: number;
            label: string | null;
            scopes: string[];
            created_by_api_key_id: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            used_at: string | null;
            session_expires_at: string | null;
        };
        PortalSession: {
            /** @description The bearer token of the session; the only time that it is shown */
            token: string;
            portal_link_id: number;
            organization_id: number;
            scopes: string[];
            /** Format: date-time */
            expires_at: string;
        };
        /** Read */
        Read: {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the read again is harmless */
            id?: string | null;
            /** @description External key of the scan device */
            device: string;
            antenna_port?: number | null;
            /** @description The reader’s clock */
            read_at?: (string | number) | null;
            /** @description A number, or its digits; text that is no number counts as unknown */
            rssi_dbm?: number | string | null;
            /** @description How many reads this stands for */
            reads?: number | null;
            tag: {
                type?: ("rfid" | "ble" | "barcode" | "gps") | null;
                value: string;
            };
            position?: {
                latitude: number;
                longitude: number;
                accuracy_m?: number | null;
            } | null;
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description With it, sending the read again is harmless */
            id?: string | null;
            /** @description External key of the scan device */
            device: string;
            antenna_port?: number | null;
            /** @description The reader’s clock */
            read_at?: (string | number) | null;
            /** @description A number, or its digits; text that is no number counts as unknown */
            rssi_dbm?: number | string | null;
            /** @description How many reads this stands for */
            reads?: number | null;
            tag?: {
                type?: ("rfid" | "ble" | "barcode" | "gps") | null;
                value: string;
            } | null;
            position: {
                latitude: number;
                longitude: number;
                accuracy_m?: number | null;
            };
        } | {
            /** @description Where neither the topic, nor a header, nor an API key says it */
            org_id?: number | null;
            /** @description External key of the scan device */
            device: string;
            /** @constant */
            heartbeat: true;
        };
        RecordOutcome: {
            /** @enum {string} */
            becomes: "scan" | "event" | "heartbeat" | "nothing";
            /** @description The sender’s own id */
            id: string | null;
            /** @description External key of the reader */
            device: string | null;
            antenna_port: number | null;
            /** @description The tag’s value as it was read */
            tag: string | null;
            asset: {
                id: number;
                external_key: string;
            } | null;
            /** @description Where a scan is */
            location: {
                id: number;
                external_key: string;
            } | null;
            /** @description Null where only a real record has one: it has no id of the sender */
            event_id: string | null;
            event_type: string | null;
            /** @description What the event is about */
            subject: string | null;
            /** @description The time of the scan or event */
            at: string | null;
        };
        RecordVerdict: {
            /** @description Whether the record would be taken whole; false: it would go to `poison` */
            ok: boolean;
            /** @description As the record’s `poison-reason` would say */
            reason: ("null_value" | "bad_magic" | "unknown_schema" | "undecodable" | "too_large" | "invalid_json" | "invalid_field" | "unknown_organization" | "timestamp_out_of_range") | null;
            /** @description At most 100 */
            problems: {
                /** @description Dotted path, in a batch with the index first; a header’s name; empty: the whole record */
                field: string;
                code: string;
                /** @description The rule; reads on after the name of the field */
                message: string;
                /** @description What stands there, as JSON, at most 100 characters; null: nothing */
                value: string | null;
            }[];
            problem_count: number;
            /** @description What would come of it, also of the good items beside bad ones */
            outcomes: components["schemas"]["RecordOutcome"][];
            /** @description False: there are more than 1,000, and only these were looked at */
            outcomes_complete: boolean;
            warnings: {
                /** @enum {string} */
                code: "duplicate" | "unknown_tag" | "unknown_device" | "unknown_scan_point" | "inactive_asset" | "too_old" | "reader_time_ignored" | "no_location" | "no_id" | "no_key" | "other_organization" | "duplicates_unknown";
                /** @description Index in `outcomes`; null: the whole record */
                outcome: number | null;
                message: string;
            }[];
        };
        ScanDevice: {
            id: number;
            external_key: string;
            name: string;
            type: string;
            description: string | null;
            is_active: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            deleted_at: string | null;
        };
        ScanPoint: {
            id: number;
            name: string | null;
            scan_device_id: number;
            scan_device_external_key: string;
            antenna_port: number;
            /** @enum {string} */
            kind: "zone" | "portal" | "manual" | "gps";
            location_id: number | null;
            location_external_key: string | null;
            is_active: boolean;
            settings: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            deleted_at: string | null;
        };
        ScanPointSettings: {
            scan_point_id: number;
            /** @enum {string} */
            kind: "zone" | "portal" | "manual" | "gps";
            overrides: {
                [key: string]: unknown;
            };
            effective: {
                [key: string]: {
                    value: unknown;
                    /** @enum {string} */
                    source: "scan_point" | "location" | "organization" | "system" | "default";
                    location_id: number | null;
                    location_external_key: string | null;
                };
            };
        };
        SchemaSubjects: {
            /** Format: date-time */
            measured_at: string;
            subjects: {
                subject: string;
                topic: string;
                is_registered: boolean;
                /** @description Null: the subject has no level of its own, the registry’s holds */
                compatibility: string | null;
                version_count: number;
                versions: {
                    version: number;
                    schema_id: number;
                }[];
            }[];
        };
        SentDelivery: {
            /** Format: uuid */
            delivery_id: string;
            /** Format: uuid */
            event_id: string;
            webhook_id: number;
        };
        SignedRequest: {
            /** @constant */
            method: "POST";
            url: string;
            /** @description All but those that the HTTP client makes itself (host, content-length) */
            headers: {
                [key: string]: string;
            };
            /** @description The exact text: one other blank, and the signature does not hold */
            body: string;
            /** @description Names of headers that were set for the webhook; their values are shown nowhere */
            masked_headers: string[];
            /** Format: date-time */
            signed_at: string;
            /** Format: date-time */
            accepted_until: string;
        };
        Submission: {
            accepted: number;
            duplicates: number;
            dropped: number;
            drops: {
                index: number;
                reason: string;
            }[];
            rejected: {
                index: number;
                fields: {
                    field: string;
                    code: string;
                    message: string;
                    params: null;
                }[];
            }[];
        };
        Tag: {
            id: number;
            /** @enum {string} */
            tag_type: "rfid" | "ble" | "barcode" | "gps";
            value: string;
            is_active: boolean;
        };
        Tenants: {
            /** Format: date-time */
            measured_at: string;
            /** @description Organizations that there are; 200 are told of */
            total: number;
            organizations: {
                id: number;
                name: string;
                events_today: number;
                requests_today: number;
                delivered_today: number;
                dead_today: number;
                active_webhooks: number;
                failing_webhooks: number;
                /** @description Deliveries that wait; 10000 stands for that many or more */
                waiting: number;
            }[];
            failing: {
                webhook_id: number;
                name: string | null;
                /** @description Of its URL; the rest of a URL may be a secret */
                host: string;
                state: string;
                organization: {
                    id: number;
                    name: string;
                };
                failing_since: string | null;
                /** @description In words; null where the log has none */
                last_failure: string | null;
                last_status: number | null;
                last_error_class: string | null;
                /** @description Deliveries that wait; 10000 stands for that many or more */
                waiting: number;
                /** @description Since yesterday (UTC) */
                requests: number;
                failed: number;
                dead: number;
            }[];
        };
        Throughput: {
            /** Format: date-time */
            measured_at: string;
            /** @description Over which "now" is measured */
            now_seconds: number;
            streams: {
                /** @enum {string} */
                stream: "reads" | "scans" | "events" | "deliveries" | "attempts";
                topic: string;
                per_second_now: number;
                /** @description Of the last hour, oldest first */
                buckets: {
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                    records: number;
                    per_second: number;
                }[];
            }[];
        };
        UnknownTag: {
            value: string;
            tag_type: string | null;
            match_key: string;
            reads: number;
            /** Format: date-time */
            first_seen_at: string;
            /** Format: date-time */
            last_seen_at: string;
            last_scan_device_id: number | null;
            last_scan_device_external_key: string | null;
            last_scan_device_name: string | null;
            last_antenna_port: number | null;
            rssi_max_dbm: number | null;
        };
        UrlCheck: {
            /** @description As it would be stored */
            url: string;
        };
        Usage: {
            /** Format: date */
            day: string;
            webhook_id: number;
            /** @description Events of which the first request was made */
            events: number;
            /** @description Requests, once for each delivery that they carried */
            attempts: number;
            /** @description Share of attempts that delivered; null for none */
            success_rate: number | null;
            deliveries: {
                delivered: number;
                dead: number;
                expired: number;
                superseded: number;
            };
            /** @description Duration of requests that were answered or timed out; within 19 % */
            latency_ms: {
                p50: number | null;
                p95: number | null;
                p99: number | null;
            };
        };
        UsageTotals: {
            /** Format: date */
            day: string;
            /** @description Events that came in or were derived, wanted or not */
            events_recorded: number;
            /** @description Events of which the first request was made */
            events: number;
            /** @description Requests, once for each delivery that they carried */
            attempts: number;
            /** @description Share of attempts that delivered; null for none */
            success_rate: number | null;
            deliveries: {
                delivered: number;
                dead: number;
                expired: number;
                superseded: number;
            };
            /** @description Duration of requests that were answered or timed out; within 19 % */
            latency_ms: {
                p50: number | null;
                p95: number | null;
                p99: number | null;
            };
        };
        Webhook: {
            id: number;
            url: string;
            name: string | null;
            description: string | null;
            /** @enum {string} */
            profile: "standard" | "trakrf" | "trackberry";
            enabled: boolean;
            /** @enum {string} */
            state: "active" | "paused" | "disabled";
            status: string;
            failing_since: string | null;
            disabled_at: string | null;
            disabled_reason: string | null;
            event_types: string[];
            subscriptions: {
                event_type: string;
                filter: string | null;
                expire_after_minutes: number | null;
                latest_only: boolean;
            }[];
            headers: {
                [key: string]: string;
            };
            header_prefix: string | null;
            /** @enum {string} */
            ordering: "none" | "asset";
            batch: {
                max_events: number;
                max_wait_ms: number;
                max_bytes: number;
            } | null;
            rate_limit_per_second: number | null;
            heartbeat_minutes: number | null;
            daily_manifest: boolean;
            traceparent: boolean;
            /** @enum {string} */
            signature: "hmac" | "ed25519";
            secret: string | null;
            public_key: string | null;
            previous_secrets: {
                secret: string | null;
                public_key: string | null;
                expires_at: string | null;
            }[];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookActivity: {
            webhooks: {
                webhook_id: number;
                /** @description The newest request of the log; null for none */
                last_attempt: {
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    started_at: string;
                    disposition: string;
                    response_status: number | null;
                    error_class: string | null;
                } | null;
                /** @description Requests of the last 24 hours, without tests; null for none. `p95_ms` is within 19 % */
                last_24_hours: {
                    delivered: number;
                    failed: number;
                    p95_ms: number | null;
                    /** @description 24 of UTC, the oldest first; the last one is under way */
                    hours: {
                        delivered: number;
                        failed: number;
                    }[];
                    /** @description False: within a day of an upgrade not all of it is counted, see `counted_from` */
                    is_complete: boolean;
                    /** Format: date-time */
                    counted_from: string;
                } | null;
                /** @description Of the deliveries that wait, the soonest; null for none */
                next_attempt_at: string | null;
                /** @description Set while it is given a pause because most of its requests failed */
                breaker: {
                    /**
                     * @description `half_open`: a probe is under way
                     * @enum {string}
                     */
                    state: "open" | "half_open";
                    since: string | null;
                    /** Format: date-time */
                    next_probe_at: string;
                } | null;
            }[];
            /** @description False: whether one is given a pause cannot be told for now */
            are_breakers_known: boolean;
            /** @description False: more than 2,000 deliveries wait, and only the newest of them were looked at */
            is_complete: boolean;
        };
        WebhookCheck: {
            /**
             * Format: uuid
             * @description Also the id of its delivery in the log
             */
            id: string;
            webhook_id: number;
            /** @enum {string} */
            state: "running" | "done";
            /** @description The worst of the findings; null while it runs */
            verdict: ("pass" | "warn" | "fail") | null;
            /** @description The requests of the series in their order, as far as they have come; what waits at the end was not sent */
            probes: {
                /** @enum {string} */
                name: "valid" | "duplicate" | "tampered" | "stale" | "unsigned" | "new_secret" | "old_secret";
                /** @enum {string} */
                state: "waiting" | "sent";
                response_status: number | null;
                error_class: string | null;
                duration_ms: number | null;
            }[];
            /** @description Which of its secrets the receiver verifies with, while several sign; null while it runs, and where one secret signs */
            overlap: {
                /** @enum {string} */
                accepts: "both" | "new" | "old" | "none" | "unproven";
                message: string;
            } | null;
            /** @description Empty while it runs */
            findings: {
                /** @enum {string} */
                name: "valid" | "duplicate" | "tampered" | "stale" | "unsigned" | "new_secret" | "old_secret" | "timing";
                /** @enum {string} */
                verdict: "pass" | "warn" | "fail";
                message: string;
                request: {
                    /** Format: date-time */
                    sent_at: string;
                    url: string;
                    headers: {
                        [key: string]: unknown;
                    };
                    body: string;
                } | null;
                response: {
                    status: number | null;
                    duration_ms: number | null;
                    body: string | null;
                    error_class: string | null;
                    error_message: string | null;
                } | null;
            }[];
        };
        WebhookStatistics: {
            /** @enum {string} */
            range: "1h" | "24h" | "7d" | "30d";
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            bucket_minutes: number;
            /** @description False: there were more than 50,000 requests in the log, and these are the newest */
            is_complete: boolean;
            /** @description All requests from then on are counted: `from`, or later where not all are */
            looked_from: string | null;
            /** @description How far durations may be from the true ones; 0: they are exact */
            latency_error_percent: number;
            delivered: number;
            failed: number;
            p50_ms: number | null;
            p95_ms: number | null;
            p99_ms: number | null;
            /** @description All of the range, oldest first */
            buckets: {
                /** Format: date-time */
                start: string;
                delivered: number;
                failed: number;
                p50_ms: number | null;
                p95_ms: number | null;
                p99_ms: number | null;
            }[];
            status_classes: {
                /** @enum {string} */
                status_class: "2xx" | "3xx" | "4xx" | "5xx" | "none";
                delivered: number;
                failed: number;
            }[];
            /** @description Of requests that got no usable answer: why */
            error_classes: {
                error_class: string;
                requests: number;
            }[];
            event_types: {
                event_type: string;
                delivered: number;
                failed: number;
            }[];
            /** @description What failed since it last took anything; null where it is not failing */
            failures: {
                /** Format: date-time */
                since: string;
                is_complete: boolean;
                /** @description The most frequent first */
                kinds: {
                    response_status: number | null;
                    error_class: string | null;
                    requests: number;
                }[];
                /** @description From when on one more failure disables it; null where it is not active */
                disables_at: string | null;
            } | null;
        };
        Why: {
            webhook_id: number;
            /** Format: uuid */
            event_id: string;
            event_type: string;
            /** Format: date-time */
            event_received_at: string;
            code: string;
            detail: string;
            is_certain: boolean;
            since: string | null;
            until: string | null;
            age_ms: number | null;
            late_by_ms: number | null;
            attempt_number: number | null;
            event_types: string[] | null;
            subscription: {
                event_type: string;
                filter: string;
                /** @description The part that said no, or failed */
                clause: string;
                failure: string | null;
            } | null;
            delivery_id: string | null;
            dead_reason: string | null;
            held_reason: string | null;
            superseded_by: string | null;
            attempt_count: number | null;
            last_response_status: number | null;
            last_error_class: string | null;
        };
        Error: {
            error: {
                /** @enum {string} */
                type: "validation_error" | "bad_request" | "unauthorized" | "payment_required" | "forbidden" | "capability_required" | "not_found" | "method_not_allowed" | "conflict" | "unsupported_media_type" | "missing_org_context" | "rate_limited" | "internal_error";
                /** @description Fixed for each type */
                title: string;
                status: number;
                /** @description One sentence for the developer */
                detail: string;
                /** @description The path of the request */
                instance: string;
                request_id: string;
                /** @description What is wrong with single fields; at most 100 */
                fields: {
                    /** @description Dotted path into the body, or the name of a parameter; empty: the whole body */
                    field: string;
                    /** @enum {string} */
                    code: "required" | "invalid_value" | "unknown_field" | "too_short" | "too_long" | "too_small" | "too_large" | "fk_not_found" | "ambiguous_fields" | "read_only" | "invalid_context";
                    /** @description Reads on after the name of the field */
                    message: string;
                    /** @description Figures of the rule that was broken */
                    params: Record<string, never> | null;
                }[];
            };
        };
        AssetScannedData: {
            /** @description The asset that this is about */
            asset: {
                /** @description Id of the asset */
                id: number;
                /** @description The organization’s key of the asset, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the asset, as it was when the event was derived */
                name: string;
                /** @description Count of this asset’s events of all types, gapless, from 1 */
                sequence: number;
            };
            /** @description Where it was read; null where the scan point has no location */
            location: {
                /** @description Id of the location */
                id: number;
                /** @description The organization’s key of the location, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the location, as it was when the event was derived */
                name: string;
                parent_id: number | null;
                parent_external_key: string | null;
            } | null;
            /** @description Always null: a sighting alone changes no location */
            transition_id: null;
            /** @description The running visit; null while the asset is in no location */
            visit_id: string | null;
            /** @description The asset’s event before this one; null on its first */
            previous_event_id: string | null;
            /** @description What the sighting tells; null when it is nothing new */
            reason: ("first_seen" | "seen_elsewhere" | "returned" | "manual" | "portal" | "absence" | "reassigned") | null;
            /**
             * Format: date-time
             * @description The stream’s clock when the event was derived; the same after a replay
             */
            derived_at: string;
            /** @description True for a read that arrived too late to decide anything: it never changes the location */
            late: boolean;
            /** @description The scan that led to the event; after an exit by absence, the last one before */
            scan: {
                /** @description The reader’s clock; null if unknown or not believed */
                observed_at: string | null;
                /**
                 * Format: date-time
                 * @description When the read was received
                 */
                received_at: string;
                /** @description Best signal of the reads that this stands for; null when unknown */
                rssi_dbm: number | null;
                /** @description Reads that this stands for */
                reads: number;
                /** @description The tag that was read */
                tag: {
                    /**
                     * @description What carries the value; more kinds may come
                     * @enum {string}
                     */
                    tag_type: "rfid" | "ble" | "barcode" | "gps";
                    /** @description The tag’s value as master data has it */
                    value: string;
                };
                /** @description The reader or gateway that read it */
                scan_device: {
                    /** @description Id of the scan device */
                    id: number;
                    /** @description The organization’s key of the scan device, as it was when the event was derived */
                    external_key: string;
                    /** @description Display name of the scan device, as it was when the event was derived */
                    name: string;
                    /** @description Kind of hardware, such as csl_cs463 */
                    type: string;
                };
                /** @description The place that was read at: one antenna of the device */
                scan_point: {
                    /** @description Id of the scan point */
                    id: number;
                    /** @description Antenna of the scan device */
                    antenna_port: number;
                };
            };
        };
        AssetMovedData: {
            /** @description The asset that this is about */
            asset: {
                /** @description Id of the asset */
                id: number;
                /** @description The organization’s key of the asset, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the asset, as it was when the event was derived */
                name: string;
                /** @description Count of this asset’s events of all types, gapless, from 1 */
                sequence: number;
            };
            /** @description Where it was last; null on the first sighting */
            from_location: {
                /** @description Id of the location */
                id: number;
                /** @description The organization’s key of the location, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the location, as it was when the event was derived */
                name: string;
                parent_id: number | null;
                parent_external_key: string | null;
            } | null;
            /** @description Where it is now */
            to_location: {
                /** @description Id of the location */
                id: number;
                /** @description The organization’s key of the location, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the location, as it was when the event was derived */
                name: string;
                parent_id: number | null;
                parent_external_key: string | null;
            };
            /**
             * Format: uuid
             * @description The same on all events of one change of location
             */
            transition_id: string;
            /**
             * Format: uuid
             * @description The visit that begins
             */
            visit_id: string;
            /** @description The asset’s event before this one; null on its first */
            previous_event_id: string | null;
            /**
             * @description Why the asset is believed to be, or no longer to be, where the event says; more reasons may come
             * @enum {string}
             */
            reason: "first_seen" | "seen_elsewhere" | "returned" | "manual" | "portal" | "absence" | "reassigned";
            /**
             * Format: date-time
             * @description The stream’s clock when the event was derived; the same after a replay
             */
            derived_at: string;
            /** @description The scan that led to the event; after an exit by absence, the last one before */
            scan: {
                /** @description The reader’s clock; null if unknown or not believed */
                observed_at: string | null;
                /**
                 * Format: date-time
                 * @description When the read was received
                 */
                received_at: string;
                /** @description Best signal of the reads that this stands for; null when unknown */
                rssi_dbm: number | null;
                /** @description Reads that this stands for */
                reads: number;
                /** @description The tag that was read */
                tag: {
                    /**
                     * @description What carries the value; more kinds may come
                     * @enum {string}
                     */
                    tag_type: "rfid" | "ble" | "barcode" | "gps";
                    /** @description The tag’s value as master data has it */
                    value: string;
                };
                /** @description The reader or gateway that read it */
                scan_device: {
                    /** @description Id of the scan device */
                    id: number;
                    /** @description The organization’s key of the scan device, as it was when the event was derived */
                    external_key: string;
                    /** @description Display name of the scan device, as it was when the event was derived */
                    name: string;
                    /** @description Kind of hardware, such as csl_cs463 */
                    type: string;
                };
                /** @description The place that was read at: one antenna of the device */
                scan_point: {
                    /** @description Id of the scan point */
                    id: number;
                    /** @description Antenna of the scan device */
                    antenna_port: number;
                };
            };
        };
        LocationEnteredData: {
            /** @description The asset that this is about */
            asset: {
                /** @description Id of the asset */
                id: number;
                /** @description The organization’s key of the asset, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the asset, as it was when the event was derived */
                name: string;
                /** @description Count of this asset’s events of all types, gapless, from 1 */
                sequence: number;
            };
            /** @description What it entered: the place itself or a level above it */
            location: {
                /** @description Id of the location */
                id: number;
                /** @description The organization’s key of the location, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the location, as it was when the event was derived */
                name: string;
                parent_id: number | null;
                parent_external_key: string | null;
            };
            /**
             * Format: uuid
             * @description The same on all events of one change of location
             */
            transition_id: string;
            /**
             * Format: uuid
             * @description Pairs location.entered with its location.exited
             */
            visit_id: string;
            /** @description The asset’s event before this one; null on its first */
            previous_event_id: string | null;
            /**
             * @description Why the asset is believed to be, or no longer to be, where the event says; more reasons may come
             * @enum {string}
             */
            reason: "first_seen" | "seen_elsewhere" | "returned" | "manual" | "portal" | "absence" | "reassigned";
            /**
             * Format: date-time
             * @description The stream’s clock when the event was derived; the same after a replay
             */
            derived_at: string;
            /** @description The scan that led to the event; after an exit by absence, the last one before */
            scan: {
                /** @description The reader’s clock; null if unknown or not believed */
                observed_at: string | null;
                /**
                 * Format: date-time
                 * @description When the read was received
                 */
                received_at: string;
                /** @description Best signal of the reads that this stands for; null when unknown */
                rssi_dbm: number | null;
                /** @description Reads that this stands for */
                reads: number;
                /** @description The tag that was read */
                tag: {
                    /**
                     * @description What carries the value; more kinds may come
                     * @enum {string}
                     */
                    tag_type: "rfid" | "ble" | "barcode" | "gps";
                    /** @description The tag’s value as master data has it */
                    value: string;
                };
                /** @description The reader or gateway that read it */
                scan_device: {
                    /** @description Id of the scan device */
                    id: number;
                    /** @description The organization’s key of the scan device, as it was when the event was derived */
                    external_key: string;
                    /** @description Display name of the scan device, as it was when the event was derived */
                    name: string;
                    /** @description Kind of hardware, such as csl_cs463 */
                    type: string;
                };
                /** @description The place that was read at: one antenna of the device */
                scan_point: {
                    /** @description Id of the scan point */
                    id: number;
                    /** @description Antenna of the scan device */
                    antenna_port: number;
                };
            };
        };
        LocationExitedData: {
            /** @description The asset that this is about */
            asset: {
                /** @description Id of the asset */
                id: number;
                /** @description The organization’s key of the asset, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the asset, as it was when the event was derived */
                name: string;
                /** @description Count of this asset’s events of all types, gapless, from 1 */
                sequence: number;
            };
            /** @description What it left: the place itself or a level above it */
            location: {
                /** @description Id of the location */
                id: number;
                /** @description The organization’s key of the location, as it was when the event was derived */
                external_key: string;
                /** @description Display name of the location, as it was when the event was derived */
                name: string;
                parent_id: number | null;
                parent_external_key: string | null;
            };
            /** @description Length of the visit that ends, whole seconds */
            dwell_seconds: number;
            /**
             * Format: uuid
             * @description The same on all events of one change of location
             */
            transition_id: string;
            /**
             * Format: uuid
             * @description Pairs location.entered with its location.exited
             */
            visit_id: string;
            /** @description The asset’s event before this one; null on its first */
            previous_event_id: string | null;
            /**
             * @description Why the asset is believed to be, or no longer to be, where the event says; more reasons may come
             * @enum {string}
             */
            reason: "first_seen" | "seen_elsewhere" | "returned" | "manual" | "portal" | "absence" | "reassigned";
            /**
             * Format: date-time
             * @description The stream’s clock when the event was derived; the same after a replay
             */
            derived_at: string;
            /** @description The scan that led to the event; after an exit by absence, the last one before */
            scan: {
                /** @description The reader’s clock; null if unknown or not believed */
                observed_at: string | null;
                /**
                 * Format: date-time
                 * @description When the read was received
                 */
                received_at: string;
                /** @description Best signal of the reads that this stands for; null when unknown */
                rssi_dbm: number | null;
                /** @description Reads that this stands for */
                reads: number;
                /** @description The tag that was read */
                tag: {
                    /**
                     * @description What carries the value; more kinds may come
                     * @enum {string}
                     */
                    tag_type: "rfid" | "ble" | "barcode" | "gps";
                    /** @description The tag’s value as master data has it */
                    value: string;
                };
                /** @description The reader or gateway that read it */
                scan_device: {
                    /** @description Id of the scan device */
                    id: number;
                    /** @description The organization’s key of the scan device, as it was when the event was derived */
                    external_key: string;
                    /** @description Display name of the scan device, as it was when the event was derived */
                    name: string;
                    /** @description Kind of hardware, such as csl_cs463 */
                    type: string;
                };
                /** @description The place that was read at: one antenna of the device */
                scan_point: {
                    /** @description Id of the scan point */
                    id: number;
                    /** @description Antenna of the scan device */
                    antenna_port: number;
                };
            };
        };
        ShipmentCreatedData: {
            /** @description The shipment as it is now; further fields are the sender’s own */
            shipment: {
                /** @description The sender’s id of the shipment */
                id: string;
                /** @description The sender’s reference of the shipment */
                reference: string;
                /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                status: string;
                /** @description Number of pallets */
                pallets_count?: number | null;
                /** @description The ship that carries it */
                vessel?: string | null;
                /** @description Where it comes from */
                origin?: string | null;
                /** @description Where it goes */
                destination?: string | null;
                /** @description When it was created */
                created_at?: string | null;
                /** @description When it was approved */
                approved_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        ShipmentProcessingData: {
            /** @description The shipment as it is now; further fields are the sender’s own */
            shipment: {
                /** @description The sender’s id of the shipment */
                id: string;
                /** @description The sender’s reference of the shipment */
                reference: string;
                /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                status: string;
                /** @description Number of pallets */
                pallets_count?: number | null;
                /** @description The ship that carries it */
                vessel?: string | null;
                /** @description Where it comes from */
                origin?: string | null;
                /** @description Where it goes */
                destination?: string | null;
                /** @description When it was created */
                created_at?: string | null;
                /** @description When it was approved */
                approved_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        ShipmentReadyForReviewData: {
            /** @description The shipment as it is now; further fields are the sender’s own */
            shipment: {
                /** @description The sender’s id of the shipment */
                id: string;
                /** @description The sender’s reference of the shipment */
                reference: string;
                /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                status: string;
                /** @description Number of pallets */
                pallets_count?: number | null;
                /** @description The ship that carries it */
                vessel?: string | null;
                /** @description Where it comes from */
                origin?: string | null;
                /** @description Where it goes */
                destination?: string | null;
                /** @description When it was created */
                created_at?: string | null;
                /** @description When it was approved */
                approved_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        ShipmentApprovedData: {
            /** @description The shipment as it is now; further fields are the sender’s own */
            shipment: {
                /** @description The sender’s id of the shipment */
                id: string;
                /** @description The sender’s reference of the shipment */
                reference: string;
                /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                status: string;
                /** @description Number of pallets */
                pallets_count?: number | null;
                /** @description The ship that carries it */
                vessel?: string | null;
                /** @description Where it comes from */
                origin?: string | null;
                /** @description Where it goes */
                destination?: string | null;
                /** @description When it was created */
                created_at?: string | null;
                /** @description When it was approved */
                approved_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        ShipmentRejectedData: {
            /** @description The shipment as it is now; further fields are the sender’s own */
            shipment: {
                /** @description The sender’s id of the shipment */
                id: string;
                /** @description The sender’s reference of the shipment */
                reference: string;
                /** @description pending, processing, ready_for_review, approved or rejected; more may come */
                status: string;
                /** @description Number of pallets */
                pallets_count?: number | null;
                /** @description The ship that carries it */
                vessel?: string | null;
                /** @description Where it comes from */
                origin?: string | null;
                /** @description Where it goes */
                destination?: string | null;
                /** @description When it was created */
                created_at?: string | null;
                /** @description When it was approved */
                approved_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        DocumentUploadedData: {
            /** @description The document as it is now; further fields are the sender’s own */
            document: {
                /** @description The sender’s id of the document */
                id: string;
                /** @description The shipment that it belongs to */
                shipment_id?: string | null;
                /** @description Name of the file */
                file_name?: string | null;
                /** @description Media type of the file */
                content_type?: string | null;
                /** @description When it was uploaded */
                uploaded_at?: string | null;
                /** @description When its extraction was complete */
                processed_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        DocumentProcessedData: {
            /** @description The document as it is now; further fields are the sender’s own */
            document: {
                /** @description The sender’s id of the document */
                id: string;
                /** @description The shipment that it belongs to */
                shipment_id?: string | null;
                /** @description Name of the file */
                file_name?: string | null;
                /** @description Media type of the file */
                content_type?: string | null;
                /** @description When it was uploaded */
                uploaded_at?: string | null;
                /** @description When its extraction was complete */
                processed_at?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        CheckCompletedData: {
            /** @description The check as it came out; further fields are the sender’s own */
            check: {
                /** @description The sender’s id of the check */
                id: string;
                /** @description The shipment that it belongs to */
                shipment_id?: string | null;
                /** @description Which check */
                name: string;
                /** @description pass, warning or fail */
                result: string;
                /** @description What was found, in words */
                details?: string | null;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        EndpointFailingData: {
            /** @description The webhook that this is about */
            webhook: {
                /** @description Id of the webhook */
                id: number;
                /** @description Its URL when this happened */
                url: string;
                /** @description Its name when this happened; null when it has none */
                name: string | null;
            };
            /**
             * Format: date-time
             * @description Since when there has been no success
             */
            since: string;
            /** @description What happened, in plain words, with the last status or error */
            reason: string;
            /** @description The delivery that led to this, for the delivery log */
            delivery_id: string | null;
            /** @description The event of the delivery; null when no single one led to this */
            event: {
                /**
                 * Format: uuid
                 * @description Id of the event that was delivered
                 */
                id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
            } | null;
            /**
             * Format: date-time
             * @description Until when the delivery that led to this is tried again
             */
            retries_until: string;
            /**
             * Format: date-time
             * @description When the webhook is disabled if nothing succeeds until then
             */
            disables_at: string;
        };
        EndpointDisabledData: {
            /** @description The webhook that this is about */
            webhook: {
                /** @description Id of the webhook */
                id: number;
                /** @description Its URL when this happened */
                url: string;
                /** @description Its name when this happened; null when it has none */
                name: string | null;
            };
            /** @description Since when there has been no success; null when it was not failing */
            since: string | null;
            /**
             * @description gone: it answered 410. no_success: it failed for days without one; more causes may come
             * @enum {string}
             */
            cause: "gone" | "no_success";
            /** @description What happened, in plain words, with the last status or error */
            reason: string;
            /** @description The delivery that led to this, for the delivery log */
            delivery_id: string | null;
            /** @description The event of the delivery; null when no single one led to this */
            event: {
                /**
                 * Format: uuid
                 * @description Id of the event that was delivered
                 */
                id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
            } | null;
        };
        EndpointRecoveredData: {
            /** @description The webhook that this is about */
            webhook: {
                /** @description Id of the webhook */
                id: number;
                /** @description Its URL when this happened */
                url: string;
                /** @description Its name when this happened; null when it has none */
                name: string | null;
            };
            /**
             * Format: date-time
             * @description Since when there had been no success
             */
            since: string;
            /** @description What happened, in plain words, with the last status or error */
            reason: string;
            /** @description The delivery that led to this, for the delivery log */
            delivery_id: string | null;
            /** @description The event of the delivery; null when no single one led to this */
            event: {
                /**
                 * Format: uuid
                 * @description Id of the event that was delivered
                 */
                id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
            } | null;
        };
        DeliveryDeadData: {
            /** @description The webhook that this is about */
            webhook: {
                /** @description Id of the webhook */
                id: number;
                /** @description Its URL when this happened */
                url: string;
                /** @description Its name when this happened; null when it has none */
                name: string | null;
            };
            /**
             * @description Why it is not tried any more; more causes may come
             * @enum {string}
             */
            cause: "exhausted" | "deadline" | "gone" | "rejected" | "endpoint_deleted" | "endpoint_disabled" | "blocked_address" | "expired" | "superseded";
            /** @description What happened, in plain words, with the last status or error */
            reason: string;
            /** @description The delivery that led to this, for the delivery log */
            delivery_id: string | null;
            /** @description The event of the delivery; null when no single one led to this */
            event: {
                /**
                 * Format: uuid
                 * @description Id of the event that was delivered
                 */
                id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
            } | null;
        };
        EndpointHeartbeatData: {
            /** @description The webhook that this is sent to */
            webhook: {
                /** @description Its id */
                id: number;
            };
            /** @description What this tells of: what our log took from `from` on and before `to` */
            period: {
                /**
                 * Format: date-time
                 * @description Where the period of the heartbeat before ended
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description Some seconds before this was made
                 */
                to: string;
            };
            /** @description Event id of the heartbeat that was sent before; null on the first */
            previous_heartbeat_id: string | null;
            /** @description Heartbeats between the two that were never sent */
            heartbeats_skipped: number;
            /**
             * Format: date-time
             * @description When the next one is due; this one is not sent after that
             */
            next_heartbeat_at: string;
            /** @description Events for this webhook in the period, delivered or not */
            events: number;
            /** @description The newest of them; null when there was none */
            last_event: {
                /**
                 * Format: uuid
                 * @description Its id
                 */
                id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
                /**
                 * Format: date-time
                 * @description When it happened
                 */
                occurred_at: string;
            } | null;
            /** @description The locations with an event in the period, the latest first */
            locations: {
                /** @description Id of the location */
                id: number;
                /** @description Its external key */
                external_key: string;
                /** @description Events there in the period */
                events: number;
                /**
                 * Format: uuid
                 * @description Id of the newest of them
                 */
                last_event_id: string;
                /**
                 * @description Its type
                 * @enum {string}
                 */
                last_event_type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
                /**
                 * Format: date-time
                 * @description When it happened
                 */
                last_occurred_at: string;
            }[];
            /** @description False: there are more than are named here */
            locations_complete: boolean;
            /** @description Scan devices that were heard once and are silent for longer than device_offline_seconds */
            silent_devices: {
                /** @description Id of the scan device */
                id: number;
                /** @description Its external key */
                external_key: string;
                /**
                 * Format: date-time
                 * @description When it was heard last
                 */
                last_heard_at: string;
                /** @description How long that is ago */
                silent_for_seconds: number;
            }[];
            /** @description False: there are more than are named here */
            silent_devices_complete: boolean;
            /** @description Deliveries to this webhook that wait */
            pending: {
                /** @description How many; 100,000 is that many or more */
                count: number;
                /** @description Since when the oldest waits; null when none does */
                oldest_created_at: string | null;
            };
        };
        EndpointManifestData: {
            /** @description The webhook that this is sent to */
            webhook: {
                /** @description Its id */
                id: number;
            };
            /**
             * Format: date
             * @description The UTC day in which the events occurred
             */
            day: string;
            /**
             * Format: date-time
             * @description What our log took before this counts
             */
            as_of: string;
            /** @description Events of this day for this webhook */
            events: number;
            /** @description How many of each type */
            by_type: {
                [key: string]: number;
            };
            /** @description The smallest of their ids; null when there is none */
            first_event_id: string | null;
            /** @description The largest of their ids; null when there is none */
            last_event_id: string | null;
            /** @description Hash chain over the ids of all of them */
            chain: string;
            /**
             * @description How the chain is made
             * @constant
             */
            chain_algorithm: "sha256-chain-1";
            /** @description Of the events: accepted by the webhook */
            delivered: number;
            /** @description Of the events: given up */
            dead: number;
            /** @description Of the events: still tried */
            pending: number;
            /** @description Those that were given up */
            dead_event_ids: string[];
            /** @description False: there are more than are named here */
            dead_event_ids_complete: boolean;
            /** @description Events of earlier days that became known after the manifest of their day */
            late_event_ids: string[];
            /** @description False: there are more than are named here */
            late_event_ids_complete: boolean;
        };
    };
    responses: {
        /** @description Validation failed, or Bad request */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Unauthorized */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Forbidden */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Not found */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Method not allowed */
        MethodNotAllowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Conflict */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Bad request */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Unsupported media type */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests */
        RateLimited: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The URL and the headers have more than 16 KiB */
        HeadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Internal error */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Internal error */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
        IdempotencyKey: string;
        /**
         * @description Id of the event: the same on every attempt
         * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
         */
        WebhookId: string;
        /**
         * @description Epoch seconds of this attempt; it is signed
         * @example 1785169586
         */
        WebhookTimestamp: string;
        /**
         * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
         * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
         */
        WebhookSignature: string;
    };
    requestBodies: never;
    headers: {
        /** @description Id of this request (ULID); quote it when you ask for help */
        "X-Request-Id": string;
        /** @description What the bucket is filled with: requests, and `w`, in how many seconds */
        "RateLimit-Policy": string;
        /** @description Requests that may come at once */
        "X-RateLimit-Limit": number;
        /** @description Requests that are left right now */
        "X-RateLimit-Remaining": number;
        /** @description Epoch seconds at which the bucket is full again */
        "X-RateLimit-Reset": number;
        /** @description Seconds after which the request may come again, at least 1 */
        "Retry-After": number;
        /** @description How to authenticate */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Organization"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    deliveries_per_second?: number | null;
                    log_days?: number | null;
                    contact_emails?: string[];
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly name?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly scopes?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly api_key_id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly is_operator?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Organization"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes: ("assets:read" | "assets:write" | "locations:read" | "locations:write" | "scan-devices:read" | "scan-devices:write" | "tracking:read" | "webhooks:read" | "webhooks:write" | "scans:write" | "events:write" | "keys:admin")[];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewApiKey"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                api_key_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                api_key_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    grant_type: "client_credentials" | "refresh_token";
                    client_id?: string;
                    client_secret?: string;
                    refresh_token?: string;
                };
                "application/x-www-form-urlencoded": {
                    /** @enum {string} */
                    grant_type: "client_credentials" | "refresh_token";
                    client_id?: string;
                    client_secret?: string;
                    refresh_token?: string;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPortalLinks: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PortalLink"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPortalLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    label?: string | null;
                    /** @default 900 */
                    expires_in_seconds?: number;
                    /** @description Default: those of the calling key, without `keys:admin` */
                    scopes?: ("assets:read" | "assets:write" | "locations:read" | "locations:write" | "scan-devices:read" | "scan-devices:write" | "tracking:read" | "webhooks:read" | "webhooks:write" | "scans:write" | "events:write" | "keys:admin")[];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewPortalLink"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPortalSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PortalSession"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deletePortalLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                portal_link_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAuditLog: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                actor_kind?: ("api_key" | "oauth_client" | "portal_link" | "system")[];
                actor_id?: number[];
                operation?: ("organization.created" | "organization.updated" | "organization.settings_updated" | "organization.subject_erased" | "organization.exported" | "api_key.created" | "api_key.deleted" | "token_chain.issued" | "token_chain.revoked" | "portal_link.created" | "portal_link.used" | "portal_link.revoked" | "asset.created" | "asset.updated" | "asset.renamed" | "asset.deleted" | "asset.imported" | "tag.created" | "tag.updated" | "tag.deleted" | "location.created" | "location.updated" | "location.renamed" | "location.deleted" | "location.imported" | "scan_device.created" | "scan_device.updated" | "scan_device.deleted" | "scan_device.imported" | "scan_point.created" | "scan_point.updated" | "scan_point.deleted" | "scan_point.imported" | "webhook.created" | "webhook.updated" | "webhook.paused" | "webhook.resumed" | "webhook.disabled" | "webhook.deleted" | "webhook.secret_rotated" | "webhook.secrets_ended" | "webhook.tested" | "webhook.checked" | "delivery.resent" | "delivery.signed" | "job.created" | "job.updated" | "job.paused" | "job.resumed" | "job.cancelled" | "event_cursor.set" | "event_cursor.deleted" | "poison_record.replayed")[];
                resource_kind?: ("organization" | "api_key" | "token_chain" | "portal_link" | "asset" | "tag" | "location" | "scan_device" | "scan_point" | "webhook" | "delivery" | "job" | "event_cursor" | "poison_record")[];
                resource_id?: string[];
                request_id?: string[];
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        limit: number;
                        offset: number | null;
                        total_count: number | null;
                        /** @description Where the next page begins; null at the end */
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAssets: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                id?: number[];
                external_key?: string[];
                is_active?: boolean;
                q?: string;
                include_deleted?: boolean;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Asset"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string | null;
                    is_active?: boolean;
                    /** Format: date-time */
                    valid_from?: string;
                    valid_to?: string | null;
                    metadata?: {
                        [key: string]: unknown;
                    };
                    external_key?: string;
                    name: string;
                    tags?: {
                        /** @enum {string} */
                        tag_type: "rfid" | "ble" | "barcode" | "gps";
                        value: string;
                        is_active?: boolean;
                    }[];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Asset"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Asset"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    description?: string | null;
                    is_active?: boolean;
                    /** Format: date-time */
                    valid_from?: string;
                    valid_to?: string | null;
                    metadata?: {
                        [key: string]: unknown;
                    };
                    name?: string;
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly external_key?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly tags?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly created_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly updated_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly deleted_at?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Asset"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    renameAsset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    external_key: string;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Asset"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listTags: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Tag"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createTag: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    tag_type: "rfid" | "ble" | "barcode" | "gps";
                    value: string;
                    is_active?: boolean;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Tag"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
                tag_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Tag"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
                tag_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateTag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: number;
                tag_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    is_active?: boolean;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Tag"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLocationAncestors: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLocationChildren: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLocationDescendants: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLocations: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                id?: number[];
                external_key?: string[];
                parent_id?: number[];
                parent_external_key?: string[];
                is_active?: boolean;
                q?: string;
                include_deleted?: boolean;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string | null;
                    is_active?: boolean;
                    /** Format: date-time */
                    valid_from?: string;
                    valid_to?: string | null;
                    parent_id?: number | null;
                    parent_external_key?: string | null;
                    settings?: {
                        scan_suppress_seconds?: number | null;
                        smoothing_ms?: number | null;
                        slot_fresh_ms?: number | null;
                        switch_margin_db?: number | null;
                        confirm_ms?: number | null;
                        confirm_reads?: number | null;
                        first_confirm_ms?: number | null;
                        quiet_confirm_ms?: number | null;
                        rssi_floor_dbm?: number | ("off" | null);
                        exit_timeout_seconds?: number | ("off" | null);
                        device_offline_seconds?: number | ("off" | null);
                        manual_hold_seconds?: number | null;
                        max_clock_skew_ms?: number | null;
                        reorder_ms?: number | null;
                        late_limit_seconds?: number | null;
                        /** @enum {unknown} */
                        hierarchy_events?: "path" | "leaf" | null;
                    } | null;
                    external_key?: string;
                    name: string;
                    geofence?: ({
                        /** @constant */
                        type: "circle";
                        latitude: number;
                        longitude: number;
                        radius_m: number;
                    } | {
                        /** @constant */
                        type: "polygon";
                        /** @description Latitude and longitude of each; the edges must not cross */
                        points: number[][];
                    }) | null;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateLocation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    description?: string | null;
                    is_active?: boolean;
                    /** Format: date-time */
                    valid_from?: string;
                    valid_to?: string | null;
                    parent_id?: number | null;
                    parent_external_key?: string | null;
                    settings?: {
                        scan_suppress_seconds?: number | null;
                        smoothing_ms?: number | null;
                        slot_fresh_ms?: number | null;
                        switch_margin_db?: number | null;
                        confirm_ms?: number | null;
                        confirm_reads?: number | null;
                        first_confirm_ms?: number | null;
                        quiet_confirm_ms?: number | null;
                        rssi_floor_dbm?: number | ("off" | null);
                        exit_timeout_seconds?: number | ("off" | null);
                        device_offline_seconds?: number | ("off" | null);
                        manual_hold_seconds?: number | null;
                        max_clock_skew_ms?: number | null;
                        reorder_ms?: number | null;
                        late_limit_seconds?: number | null;
                        /** @enum {unknown} */
                        hierarchy_events?: "path" | "leaf" | null;
                    } | null;
                    name?: string;
                    geofence?: {
                        /** @enum {unknown} */
                        type?: "circle" | "polygon";
                        latitude?: number;
                        longitude?: number;
                        radius_m?: number;
                        /** @description Latitude and longitude of each; the edges must not cross */
                        points?: number[][];
                    } | null;
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly external_key?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly created_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly updated_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly deleted_at?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    renameLocation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                location_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    external_key: string;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Location"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listScanDevices: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                id?: number[];
                external_key?: string[];
                type?: string[];
                is_active?: boolean;
                q?: string;
                include_deleted?: boolean;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanDevice"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createScanDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    description?: string | null;
                    is_active?: boolean;
                    external_key: string;
                    name: string;
                    type: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanDevice"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScanDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_device_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanDevice"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteScanDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_device_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateScanDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_device_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    description?: string | null;
                    is_active?: boolean;
                    name?: string;
                    type?: string;
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly external_key?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly created_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly updated_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly deleted_at?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanDevice"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listScanPoints: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                id?: number[];
                scan_device_id?: number[];
                scan_device_external_key?: string[];
                location_id?: number[];
                location_external_key?: string[];
                kind?: ("zone" | "portal" | "manual" | "gps")[];
                is_active?: boolean;
                include_deleted?: boolean;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanPoint"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createScanPoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind?: "zone" | "portal" | "manual" | "gps";
                    name?: string | null;
                    is_active?: boolean;
                    location_id?: number | null;
                    location_external_key?: string | null;
                    settings?: {
                        scan_suppress_seconds?: number | null;
                        smoothing_ms?: number | null;
                        slot_fresh_ms?: number | null;
                        switch_margin_db?: number | null;
                        confirm_ms?: number | null;
                        confirm_reads?: number | null;
                        first_confirm_ms?: number | null;
                        quiet_confirm_ms?: number | null;
                        rssi_floor_dbm?: number | ("off" | null);
                        exit_timeout_seconds?: number | ("off" | null);
                        device_offline_seconds?: number | ("off" | null);
                        manual_hold_seconds?: number | null;
                        max_clock_skew_ms?: number | null;
                        reorder_ms?: number | null;
                        late_limit_seconds?: number | null;
                        /** @enum {unknown} */
                        hierarchy_events?: "path" | "leaf" | null;
                    } | null;
                    scan_device_id?: number;
                    scan_device_external_key?: string;
                    /** @default 1 */
                    antenna_port?: number;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanPoint"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScanPoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_point_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanPoint"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteScanPoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_point_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateScanPoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_point_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    /** @enum {string} */
                    kind?: "zone" | "portal" | "manual" | "gps";
                    name?: string | null;
                    is_active?: boolean;
                    location_id?: number | null;
                    location_external_key?: string | null;
                    settings?: {
                        scan_suppress_seconds?: number | null;
                        smoothing_ms?: number | null;
                        slot_fresh_ms?: number | null;
                        switch_margin_db?: number | null;
                        confirm_ms?: number | null;
                        confirm_reads?: number | null;
                        first_confirm_ms?: number | null;
                        quiet_confirm_ms?: number | null;
                        rssi_floor_dbm?: number | ("off" | null);
                        exit_timeout_seconds?: number | ("off" | null);
                        device_offline_seconds?: number | ("off" | null);
                        manual_hold_seconds?: number | null;
                        max_clock_skew_ms?: number | null;
                        reorder_ms?: number | null;
                        late_limit_seconds?: number | null;
                        /** @enum {unknown} */
                        hierarchy_events?: "path" | "leaf" | null;
                    } | null;
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly scan_device_id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly scan_device_external_key?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly antenna_port?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly created_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly updated_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly deleted_at?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanPoint"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    importAssets: {
        parameters: {
            query?: {
                mode?: "upsert" | "create";
                dry_run?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description A line for each line, and a summary */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportLine"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportAssets: {
        parameters: {
            query?: {
                include_deleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line for each, as GET answers it */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Asset"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    importLocations: {
        parameters: {
            query?: {
                mode?: "upsert" | "create";
                dry_run?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description A line for each line, and a summary */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportLine"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportLocations: {
        parameters: {
            query?: {
                include_deleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line for each, as GET answers it */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Location"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    importScanDevices: {
        parameters: {
            query?: {
                mode?: "upsert" | "create";
                dry_run?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description A line for each line, and a summary */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportLine"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportScanDevices: {
        parameters: {
            query?: {
                include_deleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line for each, as GET answers it */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ScanDevice"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    importScanPoints: {
        parameters: {
            query?: {
                mode?: "upsert" | "create";
                dry_run?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description A line for each line, and a summary */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportLine"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportScanPoints: {
        parameters: {
            query?: {
                include_deleted?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line for each, as GET answers it */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ScanPoint"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getOrganizationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OrganizationSettings"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateOrganizationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    scan_suppress_seconds?: number | null;
                    smoothing_ms?: number | null;
                    slot_fresh_ms?: number | null;
                    switch_margin_db?: number | null;
                    confirm_ms?: number | null;
                    confirm_reads?: number | null;
                    first_confirm_ms?: number | null;
                    quiet_confirm_ms?: number | null;
                    rssi_floor_dbm?: number | ("off" | null);
                    exit_timeout_seconds?: number | ("off" | null);
                    device_offline_seconds?: number | ("off" | null);
                    manual_hold_seconds?: number | null;
                    max_clock_skew_ms?: number | null;
                    reorder_ms?: number | null;
                    late_limit_seconds?: number | null;
                    /** @enum {unknown} */
                    hierarchy_events?: "path" | "leaf" | null;
                    readonly overrides?: unknown;
                    readonly effective?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OrganizationSettings"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getScanPointSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scan_point_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanPointSettings"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                id?: number[];
                enabled?: boolean;
                status?: ("active" | "failing" | "paused" | "disabled")[];
                q?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string | null;
                    description?: string | null;
                    /** @enum {string} */
                    profile?: "standard" | "trakrf" | "trackberry";
                    enabled?: boolean;
                    event_types?: ("*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                    subscriptions?: {
                        /** @enum {string} */
                        event_type: "*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
                        filter?: string | null;
                        expire_after_minutes?: number | null;
                        latest_only?: boolean;
                    }[];
                    /** @enum {string} */
                    ordering?: "none" | "asset";
                    rate_limit_per_second?: number | null;
                    header_prefix?: string | null;
                    heartbeat_minutes?: number | null;
                    daily_manifest?: boolean;
                    traceparent?: boolean;
                    /** Format: uri */
                    url: string;
                    headers?: {
                        [key: string]: string;
                    };
                    batch?: {
                        max_events: number;
                        max_wait_ms: number;
                        max_bytes: number;
                    } | null;
                    /** @enum {string} */
                    signature?: "hmac" | "ed25519";
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    name?: string | null;
                    description?: string | null;
                    /** @enum {string} */
                    profile?: "standard" | "trakrf" | "trackberry";
                    enabled?: boolean;
                    event_types?: ("*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                    subscriptions?: {
                        /** @enum {string} */
                        event_type: "*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
                        filter?: string | null;
                        expire_after_minutes?: number | null;
                        latest_only?: boolean;
                    }[];
                    /** @enum {string} */
                    ordering?: "none" | "asset";
                    rate_limit_per_second?: number | null;
                    header_prefix?: string | null;
                    heartbeat_minutes?: number | null;
                    daily_manifest?: boolean;
                    traceparent?: boolean;
                    /** Format: uri */
                    url?: string;
                    headers?: {
                        [key: string]: string | null;
                    };
                    batch?: {
                        max_events?: number;
                        max_wait_ms?: number;
                        max_bytes?: number;
                    } | null;
                    /** @description May be sent back as it was answered */
                    readonly id?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly state?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly status?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly failing_since?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly disabled_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly disabled_reason?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly signature?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly secret?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly public_key?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly previous_secrets?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly created_at?: unknown;
                    /** @description May be sent back as it was answered */
                    readonly updated_at?: unknown;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    checkUrl: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uri */
                    url: string;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UrlCheck"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SentDelivery"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhookActivity: {
        parameters: {
            query?: {
                webhook_id?: number[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookActivity"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhookStatistics: {
        parameters: {
            query?: {
                range?: "1h" | "24h" | "7d" | "30d";
            };
            header?: never;
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookStatistics"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    triggerWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    event_type: "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead";
                    data?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SentDelivery"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listListeners: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Listener"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createListener: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    event_types?: ("*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                    /** @enum {string} */
                    profile?: "standard" | "trakrf" | "trackberry";
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    followListener: {
        parameters: {
            query?: {
                once?: boolean;
                wait?: boolean;
                handed?: string[];
            };
            header?: never;
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Requests, and a comment every 15 seconds where there are none */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        event?: string;
                        /** @description `request_id`, `received_at`, `headers` as pairs in their order, and `body_base64`, as JSON */
                        data?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    answerListener: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    answers: {
                        /** Format: uuid */
                        request_id: string;
                        status: number;
                        headers?: {
                            [key: string]: string;
                        };
                        body_base64?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            answered: number;
                            late: string[];
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    checkWebhook: {
        parameters: {
            query?: {
                wait?: boolean;
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookCheck"];
                    };
                };
            };
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookCheck"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhookCheck: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: number;
                check_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookCheck"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 24 */
                    overlap_hours?: number;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    recoverWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    since: string;
                    /** Format: date-time */
                    until?: string;
                    /**
                     * @default all
                     * @enum {string}
                     */
                    only?: "failed" | "missing" | "all";
                };
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                state?: ("waiting" | "running" | "paused" | "done" | "cancelled" | "failed")[];
                webhook_id?: number[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "recover" | "replay" | "all" | "dead_topic";
                    webhook_id?: number;
                    /** Format: date-time */
                    since: string;
                    /** Format: date-time */
                    until?: string;
                    event_types?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[] | null;
                    /** @default 100 */
                    deliveries_per_second?: number;
                };
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": {
                    /** @enum {string} */
                    state?: "paused" | "running";
                    deliveries_per_second?: number;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                job_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listEventTypes: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventType"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                cursor?: string;
                webhook_id?: number[];
                event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                event_id?: string[];
                state?: ("pending" | "delivered" | "dead")[];
                status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                from?: string;
                to?: string;
                attempted_from?: string;
                attempted_to?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListedDelivery"][];
                        limit: number;
                        offset: number | null;
                        total_count: number | null;
                        /** @description Where the next page begins; null at the end */
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportDeliveries: {
        parameters: {
            query?: {
                webhook_id?: number[];
                event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                event_id?: string[];
                state?: ("pending" | "delivered" | "dead")[];
                status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line each, as the list has it */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ListedDelivery"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Delivery"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAttempts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                webhook_id?: number[];
                event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                event_id?: string[];
                delivery_id?: string[];
                status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                error_class?: ("dns" | "connect" | "tls" | "timeout" | "reset" | "blocked_address" | "protocol" | "internal")[];
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListedAttempt"][];
                        limit: number;
                        offset: number | null;
                        total_count: number | null;
                        /** @description Where the next page begins; null at the end */
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamDeliveries: {
        parameters: {
            query?: {
                webhook_id?: number[];
                event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                event_id?: string[];
                state?: ("pending" | "delivered" | "dead")[];
                status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                from?: string;
                to?: string;
                after?: string;
                once?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, and a comment every 15 seconds where there are none */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        event?: string;
                        id?: string;
                        /** @description A delivery as the list has it, as JSON */
                        data?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamAttempts: {
        parameters: {
            query?: {
                webhook_id?: number[];
                event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                error_class?: ("dns" | "connect" | "tls" | "timeout" | "reset" | "blocked_address" | "protocol" | "internal")[];
                after?: string;
                once?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, and a comment every 15 seconds where there are none */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        event?: string;
                        id?: string;
                        /** @description A request as the list has it, as JSON */
                        data?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    resendDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SentDelivery"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    resendDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    delivery_ids?: string[];
                    filter?: {
                        webhook_id?: number[];
                        event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                        event_id?: string[];
                        state?: ("pending" | "delivered" | "dead")[];
                        status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                        /** Format: date-time */
                        from?: string;
                        /** Format: date-time */
                        to?: string;
                    };
                    /** @default 100 */
                    deliveries_per_second?: number;
                };
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Job"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    previewResend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    delivery_ids?: string[];
                    filter?: {
                        webhook_id?: number[];
                        event_type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                        event_id?: string[];
                        state?: ("pending" | "delivered" | "dead")[];
                        status_class?: ("2xx" | "3xx" | "4xx" | "5xx" | "none")[];
                        /** Format: date-time */
                        from?: string;
                        /** Format: date-time */
                        to?: string;
                    };
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            count: number;
                            /** @description More than a million: what is beyond is taken to be as dense */
                            is_estimated: boolean;
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    signDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SignedRequest"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                cursor?: string;
                type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                subject?: string[];
                asset_id?: number[];
                from?: string;
                to?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Event"][];
                        limit: number;
                        offset: number | null;
                        total_count: number | null;
                        /** @description Where the next page begins; null at the end */
                        next_cursor: string | null;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    submitEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncomingEvent"] | components["schemas"]["IncomingEvent"][];
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Submission"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Event"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    explainEvent: {
        parameters: {
            query?: {
                webhook_id?: number;
            };
            header?: never;
            path: {
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Why"];
                    } | {
                        data: components["schemas"]["Why"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsage: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                webhook_id?: number[];
                from?: string;
                to?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Usage"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsageTotals: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UsageTotals"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPipeline: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Pipeline"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getThroughput: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Throughput"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getBreakers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Breakers"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getTenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Tenants"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSchemaSubjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SchemaSubjects"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPoison: {
        parameters: {
            query?: {
                reason?: ("null_value" | "bad_magic" | "unknown_schema" | "undecodable" | "too_large" | "invalid_json" | "invalid_field" | "unknown_organization" | "timestamp_out_of_range")[];
                service?: string[];
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PoisonPage"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayPoison: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    records: {
                        partition: number;
                        offset: number;
                    }[];
                    /** @default false */
                    again?: boolean;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PoisonReplay"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    previewFilter: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    event_types: ("*" | "asset.*" | "location.*" | "shipment.*" | "document.*" | "check.*" | "endpoint.*" | "delivery.*" | "asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                    filter: string | null;
                    /** Format: date-time */
                    since?: string;
                    newest?: number;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FilterPreview"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    readFeed: {
        parameters: {
            query?: {
                limit?: number;
                type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                cursor?: string;
                after?: string;
                from?: string;
                wait_seconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Event"][];
                        limit: number;
                        /** @description Send it as `after`, when these have been dealt with */
                        next: string;
                        /** @description More is there already */
                        has_more: boolean;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                type?: ("asset.scanned" | "asset.moved" | "location.entered" | "location.exited" | "shipment.created" | "shipment.processing" | "shipment.ready_for_review" | "shipment.approved" | "shipment.rejected" | "document.uploaded" | "document.processed" | "check.completed" | "endpoint.test" | "endpoint.check" | "endpoint.heartbeat" | "endpoint.manifest" | "endpoint.failing" | "endpoint.disabled" | "endpoint.recovered" | "delivery.dead")[];
                after?: string;
                from?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages, and a comment every 15 seconds where there are none */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        event?: string;
                        id?: string;
                        /** @description An event as JSON */
                        data?: string;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getEventCursor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventCursor"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    setEventCursor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    from?: string | null;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventCursor"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteEventCursor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done; there is nothing to say */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listEventCursors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventCursor"][];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAssetLocations: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                asset_id?: number[];
                asset_external_key?: string[];
                location_id?: number[];
                location_external_key?: string[];
                q?: string;
                include_deleted?: boolean;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AssetLocation"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    countAssetsByLocation: {
        parameters: {
            query?: {
                moved_within_seconds?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** Format: date-time */
                            counted_at: string;
                            /** Format: date-time */
                            moved_since: string;
                            /** @description All locations, in the list or not */
                            location_count: number;
                            /** @description Assets that are at a location now */
                            present_count: number;
                            /** @description Assets that were seen, and are at none now */
                            absent_count: number;
                            locations: components["schemas"]["LocationCount"][];
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAssetHistory: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                from?: string;
                to?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path: {
                asset_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AssetScan"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUnknownTags: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                device?: string[];
                from?: string;
                /** @description Fields in order, separated by commas; `-` before one sorts it descending */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UnknownTag"][];
                        limit: number;
                        offset: number;
                        total_count: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    validateRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A topic that Scanhook reads, with or without its prefix */
                    topic: string;
                    /** @description The record’s value: JSON, or its text; null or absent: the record has none */
                    value?: unknown;
                    /** @description Instead of `value`: its bytes, for Avro */
                    value_base64?: string | null;
                    /** @description The record’s key */
                    key?: string | null;
                    /** @description The record’s headers */
                    headers?: {
                        [key: string]: string;
                    } | null;
                    /** @description The record’s timestamp; now by default */
                    timestamp?: string | null;
                };
            };
        };
        responses: {
            /** @description As asked */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["RecordVerdict"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    submitScans: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same request under the same key is answered with the first answer (`Idempotency-Replayed: true`), and another one is refused. Errors are not kept. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Read"] | components["schemas"]["Read"][];
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description Accepted: it will be done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Submission"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            431: components["responses"]["HeadTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "on.asset.scanned": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "asset.scanned";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["AssetScannedData"];
                } | {
                    /** @constant */
                    event: "asset.scanned";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["AssetScannedData"];
                } | {
                    /** @constant */
                    event: "asset.scanned";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["AssetScannedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.asset.moved": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "asset.moved";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["AssetMovedData"];
                } | {
                    /** @constant */
                    event: "asset.moved";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["AssetMovedData"];
                } | {
                    /** @constant */
                    event: "asset.moved";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["AssetMovedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.location.entered": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "location.entered";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["LocationEnteredData"];
                } | {
                    /** @constant */
                    event: "location.entered";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["LocationEnteredData"];
                } | {
                    /** @constant */
                    event: "location.entered";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["LocationEnteredData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.location.exited": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "location.exited";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["LocationExitedData"];
                } | {
                    /** @constant */
                    event: "location.exited";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["LocationExitedData"];
                } | {
                    /** @constant */
                    event: "location.exited";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["LocationExitedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.shipment.created": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "shipment.created";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentCreatedData"];
                } | {
                    /** @constant */
                    event: "shipment.created";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["ShipmentCreatedData"];
                } | {
                    /** @constant */
                    event: "shipment.created";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentCreatedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.shipment.processing": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "shipment.processing";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentProcessingData"];
                } | {
                    /** @constant */
                    event: "shipment.processing";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["ShipmentProcessingData"];
                } | {
                    /** @constant */
                    event: "shipment.processing";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentProcessingData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.shipment.ready_for_review": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "shipment.ready_for_review";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentReadyForReviewData"];
                } | {
                    /** @constant */
                    event: "shipment.ready_for_review";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["ShipmentReadyForReviewData"];
                } | {
                    /** @constant */
                    event: "shipment.ready_for_review";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentReadyForReviewData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.shipment.approved": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "shipment.approved";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentApprovedData"];
                } | {
                    /** @constant */
                    event: "shipment.approved";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["ShipmentApprovedData"];
                } | {
                    /** @constant */
                    event: "shipment.approved";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentApprovedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.shipment.rejected": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "shipment.rejected";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentRejectedData"];
                } | {
                    /** @constant */
                    event: "shipment.rejected";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["ShipmentRejectedData"];
                } | {
                    /** @constant */
                    event: "shipment.rejected";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["ShipmentRejectedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.document.uploaded": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "document.uploaded";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DocumentUploadedData"];
                } | {
                    /** @constant */
                    event: "document.uploaded";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["DocumentUploadedData"];
                } | {
                    /** @constant */
                    event: "document.uploaded";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DocumentUploadedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.document.processed": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "document.processed";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DocumentProcessedData"];
                } | {
                    /** @constant */
                    event: "document.processed";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["DocumentProcessedData"];
                } | {
                    /** @constant */
                    event: "document.processed";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DocumentProcessedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.check.completed": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "check.completed";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["CheckCompletedData"];
                } | {
                    /** @constant */
                    event: "check.completed";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["CheckCompletedData"];
                } | {
                    /** @constant */
                    event: "check.completed";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["CheckCompletedData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.endpoint.failing": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "endpoint.failing";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointFailingData"];
                } | {
                    /** @constant */
                    event: "endpoint.failing";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["EndpointFailingData"];
                } | {
                    /** @constant */
                    event: "endpoint.failing";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointFailingData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.endpoint.disabled": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "endpoint.disabled";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointDisabledData"];
                } | {
                    /** @constant */
                    event: "endpoint.disabled";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["EndpointDisabledData"];
                } | {
                    /** @constant */
                    event: "endpoint.disabled";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointDisabledData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.endpoint.recovered": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "endpoint.recovered";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointRecoveredData"];
                } | {
                    /** @constant */
                    event: "endpoint.recovered";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["EndpointRecoveredData"];
                } | {
                    /** @constant */
                    event: "endpoint.recovered";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointRecoveredData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.delivery.dead": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "delivery.dead";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DeliveryDeadData"];
                } | {
                    /** @constant */
                    event: "delivery.dead";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["DeliveryDeadData"];
                } | {
                    /** @constant */
                    event: "delivery.dead";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["DeliveryDeadData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.endpoint.heartbeat": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "endpoint.heartbeat";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointHeartbeatData"];
                } | {
                    /** @constant */
                    event: "endpoint.heartbeat";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["EndpointHeartbeatData"];
                } | {
                    /** @constant */
                    event: "endpoint.heartbeat";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointHeartbeatData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "on.endpoint.manifest": {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Id of the event: the same on every attempt
                 * @example 5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1
                 */
                "webhook-id": components["parameters"]["WebhookId"];
                /**
                 * @description Epoch seconds of this attempt; it is signed
                 * @example 1785169586
                 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /**
                 * @description Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks
                 * @example v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
                 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    id: string;
                    /** @constant */
                    type: "endpoint.manifest";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointManifestData"];
                } | {
                    /** @constant */
                    event: "endpoint.manifest";
                    /** Format: uuid */
                    event_id: string;
                    /** Format: uuid */
                    delivery_id: string;
                    /** Format: date-time */
                    occurred_at: string;
                    data: components["schemas"]["EndpointManifestData"];
                } | {
                    /** @constant */
                    event: "endpoint.manifest";
                    /** Format: date-time */
                    timestamp: string;
                    data: components["schemas"]["EndpointManifestData"];
                };
            };
        };
        responses: {
            /** @description Gone: the webhook is disabled at once */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again later; `Retry-After` is never shortened */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
