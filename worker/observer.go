package worker

import "guestflow/qflow"

// Observer gets the events that metrics and health checks are made of. Any field may be nil. The functions must not
// block.
type Observer struct {
	// Started is called once the worker takes chunks.
	Started func()
	// GateChanged is called when this process has closed or opened a gate; of the fleet one does.
	GateChanged func(g qflow.Gate, closed bool)
	// Probed is called for each probe of a closed gate that this process made, with whether the gate was found open.
	Probed func(g qflow.Gate, open bool)
	// TasksRescued is called when this process has enqueued chunks again that had queued rows and no task.
	TasksRescued func(chunks int)
}

func (o Observer) started() {
	if o.Started != nil {
		o.Started()
	}
}

func (o Observer) gateChanged(g qflow.Gate, closed bool) {
	if o.GateChanged != nil {
		o.GateChanged(g, closed)
	}
}

func (o Observer) probed(g qflow.Gate, open bool) {
	if o.Probed != nil {
		o.Probed(g, open)
	}
}

func (o Observer) tasksRescued(chunks int) {
	if o.TasksRescued != nil {
		o.TasksRescued(chunks)
	}
}
