// The tabs of a first visit. Each is named by its operation and needs no variables: they have defaults.
import linkedView from './examples/linked-view.graphql';
import customerAlarms from './examples/customer-alarms.graphql';
import failingSource from './examples/failing-source.graphql';
import conflicts from './examples/conflicts.graphql';
import kpis from './examples/kpis.graphql';
import vpdn from './examples/vpdn.graphql';

export const examples = [linkedView, customerAlarms, failingSource, conflicts, kpis, vpdn];
