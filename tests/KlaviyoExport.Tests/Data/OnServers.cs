using KlaviyoExport.Data;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Tests.ConfigurationFiles;
using KlaviyoExport.Tests.Connections;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Dispatch;
using KlaviyoExport.Tests.Exports;
using KlaviyoExport.Tests.Lists;
using KlaviyoExport.Tests.Overview;
using KlaviyoExport.Tests.People;
using KlaviyoExport.Tests.People.Auditing;
using KlaviyoExport.Tests.People.SignIns;
using KlaviyoExport.Tests.Retention;
using KlaviyoExport.Tests.Runs;
using KlaviyoExport.Tests.Scheduling;

namespace KlaviyoExport.Tests.Data;

// The most common operations of people and of the scheduler, on PostgreSQL. On SQL Server, if there is one, the two that use most of the
// store.

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class SignInThrottleOnPostgreSql : SignInThrottleTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class RunCommandOnPostgreSql : RunCommandTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ConfigurationApplyOnPostgreSql : ConfigurationApplyTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class UpgradeContentOnPostgreSql : UpgradeContentTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ApprovalOnPostgreSql : ApprovalTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class AlertWatchOnPostgreSql : AlertWatchTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class RetentionOnPostgreSql : RetentionTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class SyncModeOnPostgreSql : SyncModeTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class HomeQueriesOnPostgreSql : HomeQueriesTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ListCheckOnPostgreSql : ListCheckTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class MembershipOnPostgreSql : MembershipTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ListDriftOnPostgreSql : ListDriftTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ExportsThatGoOnPostgreSql : ExportsThatGoTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class RunUndoOnPostgreSql : RunUndoTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ChangeFeedOnPostgreSql : ChangeFeedTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ExportPageOnPostgreSql : ExportPageTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ExportCommandOnPostgreSql : ExportCommandTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ExportTimerOnPostgreSql : ExportTimerTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class RefreshOnPostgreSql : RefreshTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class StatusOnPostgreSql : StatusTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class StoreGaugesOnPostgreSql : StoreGaugesTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class SchedulingOnPostgreSql : SchedulingTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class AuditTrailOnPostgreSql : AuditTrailTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class PeopleServiceOnPostgreSql : PeopleServiceTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ConnectionTokensOnPostgreSql : ConnectionTokensTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class DraftSweepOnPostgreSql : DraftSweepTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class ConnectionRemovalOnPostgreSql : ConnectionRemovalTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class SavingOnPostgreSql : SavingTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class BulkUpsertOnPostgreSql : BulkUpsertTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.SqlServer))]
public sealed class RunCommandOnSqlServer : RunCommandTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.SqlServer))]
public sealed class PeopleServiceOnSqlServer : PeopleServiceTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class AuditChainOnPostgreSql : AuditChainTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class AuditPruningOnPostgreSql : AuditPruningTests;
